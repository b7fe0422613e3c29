using System.Globalization;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Providers.Tests;

/// <summary>The samples are read as the answers of any plan, again and again, whatever the settings.</summary>
public class SampleCallsTests
{
    public static TheoryData<string, string> Plans()
    {
        var plans = new TheoryData<string, string>();
        foreach (var registration in ProviderRegistration.All)
        {
            foreach (var plan in registration.Plans)
            {
                plans.Add(registration.Id.SettingsName, plan);
            }
        }

        return plans;
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task A_sample_is_a_quote_on_every_plan_and_takes_no_quota(string provider, string plan)
    {
        await using var fleet = new FleetUnderTest(
            null,
            (provider + ":Plan", plan),
            (provider + ":ApiKey", "key"),
            (provider + ":ApiSecret", provider == ProviderId.Alpaca.SettingsName ? "secret" : null)
        );
        for (var round = 0; round < 30; round++)
        {
            AssertQuotes(await fleet.Samples.FetchAsync(DateTimeOffset.UtcNow + SignalTasks.Deadline, CancellationToken.None));
        }

        var id = ProviderId.All.Single(known => known.SettingsName == provider);
        var status = await fleet.Fleet.StatusAsync(id, CancellationToken.None);
        Assert.All(status.Quota.Windows, window => Assert.Equal(0, window.Used));
        Assert.DoesNotContain(status.Outcomes, outcome => outcome.Value > 0);
    }

    [Theory]
    [InlineData("2026-11-30T15:00:00Z")] // in session
    [InlineData("2026-12-01T01:30:00Z")] // still the day before in New York
    [InlineData("2026-11-28T15:00:00Z")] // a Saturday
    [InlineData("2026-11-26T18:00:00Z")] // Thanksgiving
    [InlineData("2028-02-29T23:59:59Z")]
    public async Task A_sample_is_a_quote_at_any_time(string now)
    {
        var time = new ManualTimeProvider(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));
        await using var fleet = new FleetUnderTest(time);

        AssertQuotes(await fleet.Samples.FetchAsync(time.GetUtcNow() + SignalTasks.Deadline, CancellationToken.None));
    }

    private static void AssertQuotes(IReadOnlyList<FetchOutcome> outcomes)
    {
        Assert.Equal(ProviderId.All, outcomes.Select(outcome => outcome.Provider));
        Assert.All(
            outcomes,
            outcome => Assert.Equal((FetchStatus.Ok, 209.07m, false), (outcome.Status, outcome.Quote?.Price, outcome.Quote?.Stale))
        );
    }

    [Fact]
    public async Task It_stops_when_it_is_cancelled()
    {
        await using var fleet = new FleetUnderTest(null);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            fleet.Samples.FetchAsync(DateTimeOffset.MaxValue, new CancellationToken(canceled: true))
        );
    }
}
