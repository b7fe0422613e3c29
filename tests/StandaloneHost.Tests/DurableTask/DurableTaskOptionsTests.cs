using Quorum.StandaloneHost.DurableTask;

namespace Quorum.StandaloneHost.Tests.DurableTask;

public sealed class DurableTaskOptionsTests
{
    private readonly DurableTaskOptionsValidator _validator = new();

    [Fact]
    public void The_defaults_are_valid_with_a_connection_string()
    {
        Assert.True(_validator.Validate(name: null, new DurableTaskOptions { ConnectionString = "Host=localhost" }).Succeeded);
    }

    [Fact]
    public void Every_fault_is_reported_with_its_setting_its_value_and_its_rule()
    {
        var options = new DurableTaskOptions
        {
            HubName = "",
            Lease = TimeSpan.FromSeconds(1),
            MaxConcurrentActivities = 0,
            TurnWriters = 17,
            CommitDelay = TimeSpan.FromMinutes(1),
            IdleTime = TimeSpan.FromDays(2),
        };

        Assert.Equal(
            [
                "TaskHub:HubName must be set.",
                "TaskHub:ConnectionString must be set.",
                "TaskHub:Lease must be between 00:00:02 and 00:05:00; got 00:00:01.",
                "TaskHub:MaxConcurrentActivities must be between 1 and 100000; got 0.",
                "TaskHub:TurnWriters must be between 1 and 16; got 17.",
                "TaskHub:CommitDelay must be between 00:00:00 and 00:00:01; got 00:01:00.",
                "TaskHub:IdleTime must be between 00:00:00.0100000 and 1.00:00:00; got 2.00:00:00.",
            ],
            _validator.Validate(name: null, options).Failures
        );
    }

    [Fact]
    public void A_connection_string_that_cannot_be_read_is_not_repeated()
    {
        var options = new DurableTaskOptions { ConnectionString = "postgres://user:s3cret@db/quorum" };

        var fault = Assert.Single(_validator.Validate(name: null, options).Failures ?? []);

        Assert.StartsWith("TaskHub:ConnectionString must be a list of Npgsql's keywords", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault, StringComparison.Ordinal);
    }
}
