using Microsoft.Extensions.Logging.Abstractions;
using Quorum.Functions.Quotes;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Quotes;

public sealed class InstanceStarterTests
{
    [Fact]
    public async Task The_trial_with_which_a_hub_that_is_back_was_found_is_purged_when_it_has_ended()
    {
        var time = new ManualTimeProvider();
        var health = new HubHealth(time);
        var hub = new TrialHub();
        var starter = new InstanceStarter(health, time, NullLogger<InstanceStarter>.Instance);
        health.Begin();
        health.End(taken: false);

        starter.TestIfUnavailable(hub);
        var trial = await hub.Scheduled.Task.WithinAsync();
        Assert.Empty(hub.Purged);
        hub.Ended.SetResult();

        Assert.Equal(trial, await hub.FirstPurged.Task.WithinAsync());
        Assert.False(health.IsUnavailable);
    }
}
