using System.Collections.Specialized;
using Microsoft.DurableTask.Client;
using Quorum.StandaloneHost.Hosting.Management;

namespace Quorum.StandaloneHost.Tests.Worker.Durable;

/// <summary>Query parameters of the management API. As in the extension, a value that cannot be read counts as not given.</summary>
public sealed class ManagementQueryTests
{
    [Fact]
    public void Without_parameters_inputs_are_shown_and_histories_are_not()
    {
        var query = Query();

        Assert.Equal(
            (true, false, false, false),
            (query.ShowInput, query.ShowHistory, query.ShowHistoryOutput, query.ServerErrorOnFailure)
        );
        Assert.Equal((null, null, null, null), (query.CreatedFrom, query.CreatedTo, query.Top, query.Timeout));
        Assert.Equal((null, null, null), (query.Statuses, query.InstanceIdPrefix, query.Reason));
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("99999999999", null)]
    [InlineData("many", null)]
    [InlineData("25", 25)]
    public void A_page_has_a_positive_number_of_instances(string value, int? expected)
    {
        Assert.Equal(expected, Query("top", value).Top);
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("3600", null)]
    [InlineData("NaN", null)]
    [InlineData("0.5", 0.5)]
    [InlineData("60", 60.0)]
    public void A_start_waits_for_less_than_an_hour(string value, double? seconds)
    {
        Assert.Equal(seconds, Query("timeout", value).Timeout?.TotalSeconds);
    }

    [Theory]
    [InlineData("2026-11-20T12:00:00Z", "2026-11-20T12:00:00+00:00")]
    [InlineData("2026-11-20T12:00:00", "2026-11-20T12:00:00+00:00")] // UTC unless the time says otherwise
    [InlineData("2026-11-20T12:00:00+02:00", "2026-11-20T10:00:00+00:00")]
    [InlineData("yesterday", null)]
    public void A_time_without_an_offset_is_UTC(string value, string? expected)
    {
        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected), Query("createdTimeFrom", value).CreatedFrom);
        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected), Query("createdTimeTo", value).CreatedTo);
    }

    [Fact]
    public void Unknown_statuses_are_passed_over()
    {
        Assert.Equal(
            [OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Failed],
            Query("runtimeStatus", "running, nonsense,,Failed,77").Statuses
        );
        Assert.Null(Query("runtimeStatus", "nonsense").Statuses);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_replaced_since_it_cannot_be_stored()
    {
        Assert.Equal("a\ufffdb", Query("reason", "a\ud800b").Reason);
    }

    private static ManagementQuery Query(string? name = null, string? value = null)
    {
        var values = new NameValueCollection();
        if (name is not null)
        {
            values[name] = value;
        }

        return new ManagementQuery(values);
    }
}
