using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Quotes;
using Quorum.Functions.Starting;
using Quorum.Functions.Tests.Quotes;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>The warm-up where the host gives the task hub's client to functions only.</summary>
public sealed class WarmUpTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    private static readonly IServiceProvider WithoutClient = new ServiceCollection().BuildServiceProvider();

    [Fact]
    public async Task It_is_over_after_the_first_function_that_has_the_client_and_runs_once()
    {
        var warmUp = Create(TimeProvider.System);
        await warmUp.StartedAsync(CancellationToken.None);
        Assert.Equal((true, false), (warmUp.IsConnected, warmUp.IsOver));
        var client = fixture.App.Services.GetRequiredService<DurableTaskClient>();

        var first = warmUp.WarmHubAsync(client);
        Assert.Same(first, warmUp.WarmHubAsync(client));
        await first.WithinAsync();

        Assert.True(warmUp.IsOver);
    }

    [Fact]
    public async Task Calls_of_the_first_quote_begin_with_its_start_and_nothing_is_left_behind()
    {
        var services = fixture.App.Services;
        var warmUp = Create(TimeProvider.System);
        await warmUp.StartedAsync(CancellationToken.None);
        await warmUp.WarmHubAsync(services.GetRequiredService<DurableTaskClient>()).WithinAsync();

        Assert.True(services.GetRequiredService<QuoteFlights>().ActivitiesRunHere);
        Assert.Equal(0, await fixture.Simulator.CountCallsAsync());
        Assert.Equal(
            0L,
            await fixture.Database.QueryAsync<long>(
                """
                select (select count(*) from taskhub.instances) + (select count(*) from quorum.quotes) + (select count(*) from quorum.provider_quotes)
                  + (select count(*) from quorum.traces) + (select count(*) from quorum.fetch_claims)
                """
            )
        );
    }

    [Fact]
    public async Task A_quote_is_made_of_the_samples_of_all_providers()
    {
        var answer = await fixture.App.Services.GetRequiredService<SampleQuotes>().MakeAsync(CancellationToken.None);

        var quote = QuoteDocument.Read(answer.Document);
        Assert.Equal(209.07m, quote.Price);
        Assert.All(quote.Providers, provider => Assert.Equal(FetchStatus.Ok, provider.Outcome));
    }

    [Fact]
    public async Task A_hub_whose_tables_are_not_there_yet_is_tried_again()
    {
        var time = new ManualTimeProvider();
        var warmUp = Create(time);
        var hub = new TrialHub { Refuses = true };

        var warming = warmUp.WarmHubAsync(hub);
        await time.WhenArmedAsync(2); // the end of the warm-up, and the next try
        hub.Refuses = false;
        hub.Ended.SetResult();
        time.Advance(TimeSpan.FromMilliseconds(250));
        await warming.WithinAsync();

        Assert.Equal(30 + 1, hub.Given);
    }

    [Fact]
    public async Task A_hub_that_accepts_nothing_ends_it_after_ten_seconds()
    {
        var time = new ManualTimeProvider();
        var warmUp = Create(time);
        await warmUp.StartedAsync(CancellationToken.None);

        var warming = warmUp.WarmHubAsync(new TrialHub { Refuses = true });
        while (!warming.IsCompleted)
        {
            await Task.WhenAny(warming, time.WhenArmedAsync(2));
            time.Advance(TimeSpan.FromMilliseconds(250));
        }

        await warming;
        Assert.True(warmUp.IsOver);
        Assert.InRange((time.GetUtcNow() - new ManualTimeProvider().GetUtcNow()).TotalSeconds, 10, 11);
    }

    private WarmUp Create(TimeProvider time) => ActivatorUtilities.CreateInstance<WarmUp>(fixture.App.Services, WithoutClient, time);
}
