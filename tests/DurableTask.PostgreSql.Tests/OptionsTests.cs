namespace Quorum.DurableTask.PostgreSql.Tests;

public sealed class OptionsTests
{
    private static readonly PostgresOrchestrationOptions Valid = new() { ConnectionString = "Host=localhost" };

    [Fact]
    public void The_defaults_are_valid()
    {
        Assert.Null(Valid.Validate());
    }

    [Fact]
    public void Every_invalid_setting_is_named_at_once_with_its_value_and_its_rule()
    {
        var options = new PostgresOrchestrationOptions
        {
            ConnectionString = "",
            HubName = "",
            Lease = TimeSpan.FromSeconds(1),
            CommitDelay = TimeSpan.FromSeconds(2),
            StartDelay = TimeSpan.FromSeconds(-1),
            ResultDelay = TimeSpan.FromSeconds(11),
            IdleTime = TimeSpan.Zero,
            MaxConcurrentActivities = 0,
            MaxConcurrentOrchestrations = 100_001,
            TurnWriters = 17,
            MaxTurnsPerCommit = 0,
            MaxWaitingStarts = 0,
            MaxTurnAttempts = 1001,
        };

        var fault = Assert.Throws<ArgumentException>(() => new PostgresOrchestrationService(options));

        Assert.StartsWith(
            "ConnectionString must not be empty. HubName must not be empty. Lease must be between 00:00:02 and 00:05:00; got 00:00:01. "
                + "CommitDelay must be between 00:00:00 and 00:00:01; got 00:00:02. "
                + "StartDelay must be between 00:00:00 and 00:00:01; got -00:00:01. "
                + "ResultDelay must be between 00:00:00 and 00:00:10; got 00:00:11. "
                + "IdleTime must be between 00:00:00.0100000 and 1.00:00:00; got 00:00:00. "
                + "MaxConcurrentActivities must be between 1 and 100000; got 0. "
                + "MaxConcurrentOrchestrations must be between 1 and 100000; got 100001. "
                + "TurnWriters must be between 1 and 16; got 17. MaxTurnsPerCommit must be between 1 and 10000; got 0. "
                + "MaxWaitingStarts must be between 1 and 1000000; got 0. MaxTurnAttempts must be between 1 and 1000; got 1001.",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("taskhub", true)]
    [InlineData("orders_2", true)]
    [InlineData("", false)]
    [InlineData("2orders", false)]
    [InlineData("Orders", false)]
    [InlineData("orders; drop schema taskhub", false)]
    [InlineData("orders\n", false)]
    [InlineData("a23456789012345678901234567890123456789012345678", true)] // 48
    [InlineData("a234567890123456789012345678901234567890123456789", false)]
    public void A_schema_has_at_most_48_lower_case_letters_digits_and_underscores(string schema, bool isValid)
    {
        var options = new PostgresOrchestrationOptions { ConnectionString = Valid.ConnectionString, Schema = schema };

        Assert.Equal(isValid, options.Validate() is null);
    }
}
