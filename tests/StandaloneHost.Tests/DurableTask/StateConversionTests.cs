using System.Text.Json;
using DurableTask.Core;
using Microsoft.DurableTask.Client;
using Quorum.StandaloneHost.DurableTask;

namespace Quorum.StandaloneHost.Tests.DurableTask;

public sealed class StateConversionTests
{
    private static readonly PayloadConverter Converter = new(JsonSerializerOptions.Web);

    [Fact]
    public void Every_status_keeps_its_name()
    {
        foreach (var status in Enum.GetValues<OrchestrationStatus>())
        {
            var state = State();
            state.OrchestrationStatus = status;

            Assert.Equal(status.ToString(), StateConversion.Metadata(state, Converter).RuntimeStatus.ToString());
        }
    }

    [Fact]
    public void A_state_is_shown_with_its_payloads_and_times()
    {
        var shown = StateConversion.Metadata(State(), Converter);

        Assert.Equal(("AggregateQuote", "q-1"), (shown.Name, shown.InstanceId));
        Assert.Equal(("\"in\"", "\"out\"", "\"half\""), (shown.SerializedInput, shown.SerializedOutput, shown.SerializedCustomStatus));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero), shown.CreatedAt);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 15, 0, 9, TimeSpan.Zero), shown.LastUpdatedAt);
        Assert.Equal("in", shown.ReadInputAs<string>());
        Assert.Equal("desk", shown.Tags["owner"]);
    }

    [Fact]
    public void Without_a_converter_its_payloads_are_left_out()
    {
        var shown = StateConversion.Metadata(State(), converter: null);

        Assert.Equal((null, null), (shown.SerializedInput, shown.SerializedOutput));
    }

    [Fact]
    public void A_failure_is_shown_with_those_inside_it()
    {
        var state = State();
        state.OrchestrationStatus = OrchestrationStatus.Failed;
        state.Tags = null;
        var inner = new FailureDetails("System.TimeoutException", "too late", "at inner", null, isNonRetriable: false);
        state.FailureDetails = new FailureDetails("System.InvalidOperationException", "broken", "at outer", inner, isNonRetriable: false);

        var shown = StateConversion.Metadata(state, Converter);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, shown.RuntimeStatus);
        Assert.Equal(("System.InvalidOperationException", "broken"), (shown.FailureDetails?.ErrorType, shown.FailureDetails?.ErrorMessage));
        Assert.Equal(
            ("too late", "at inner"),
            (shown.FailureDetails?.InnerFailure?.ErrorMessage, shown.FailureDetails?.InnerFailure?.StackTrace)
        );
        Assert.Empty(shown.Tags);
    }

    private static OrchestrationState State() =>
        new()
        {
            Name = "AggregateQuote",
            OrchestrationInstance = new OrchestrationInstance { InstanceId = "q-1" },
            OrchestrationStatus = OrchestrationStatus.Completed,
            CreatedTime = new DateTime(2026, 11, 20, 15, 0, 0, DateTimeKind.Utc),
            LastUpdatedTime = new DateTime(2026, 11, 20, 15, 0, 9, DateTimeKind.Utc),
            Input = "\"in\"",
            Output = "\"out\"",
            Status = "\"half\"",
            Tags = new Dictionary<string, string> { ["owner"] = "desk" },
        };
}
