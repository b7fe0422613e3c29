using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Quotes;
using Quorum.Functions.Tests.Quotes;
using Quorum.MarketData;
using Quorum.Storage;
using Quorum.Testing;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class SeveralProcessesTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task What_another_process_publishes_reaches_the_caller_who_waits_here_without_polling()
    {
        await using var other = await RunningApp.StartAsync(fixture.Database, fixture.Simulator.Address);
        var flights = fixture.App.Services.GetRequiredService<QuoteFlights>();
        await fixture.App.Services.GetRequiredService<QuoteAnnouncements>().Listening.WithinAsync();
        var quote = Samples.Consolidated("T0020", 187.21m, Samples.Result(ProviderId.Finnhub, FetchStatus.Ok, 187.21m));
        var request = Ask(quote.Symbol);
        var flight = flights.Join(request, TimeSpan.Zero, static _ => { }, out _);
        var waiting = flights.WaitAsync(flight, request, SignalTasks.Deadline, CancellationToken.None);

        await other
            .Services.GetRequiredService<QuoteStore>()
            .PublishAsync(Samples.Published(quote, flight.InstanceId, DateTimeOffset.UtcNow), announce: true, CancellationToken.None);

        Assert.Equal(187.21m, (await waiting)?.Price);
        Assert.Equal("T0020", (await fixture.App.GetAsync("quotes/T0020?maxAge=3600")).Value("symbol"));
        Assert.Equal(0, await fixture.Simulator.CountCallsAsync("T0020"));
    }

    [Fact]
    public async Task An_agreed_quote_that_another_process_publishes_reaches_those_who_accept_it_and_the_complete_one_the_others()
    {
        await using var other = await RunningApp.StartAsync(fixture.Database, fixture.Simulator.Address);
        var flights = fixture.App.Services.GetRequiredService<QuoteFlights>();
        await fixture.App.Services.GetRequiredService<QuoteAnnouncements>().Listening.WithinAsync();
        var quote = Samples.Consolidated("T0022", 187.21m, Samples.Result(ProviderId.Finnhub, FetchStatus.Ok, 187.21m));
        var (three, all) = (Ask(quote.Symbol) with { Agree = 3 }, Ask(quote.Symbol));
        var flight = flights.Join(three, TimeSpan.Zero, static _ => { }, out _);
        flights.Join(all, TimeSpan.Zero, static _ => { }, out _);
        var waiting = flights.WaitAsync(flight, three, SignalTasks.Deadline, CancellationToken.None);
        var waitingForAll = flights.WaitAsync(flight, all, SignalTasks.Deadline, CancellationToken.None);
        var store = other.Services.GetRequiredService<QuoteStore>();

        var agreed = Samples.Published(quote, PublicationId.ForAgreed(flight.InstanceId, 3), DateTimeOffset.UtcNow) with
        {
            Agreeing = 3,
            Completeness = Completeness.Agreed,
        };
        await store.PublishAsync(agreed, announce: true, CancellationToken.None);

        Assert.Equal(3, (await waiting)?.Agreeing);
        Assert.False(waitingForAll.IsCompleted);
        await store.PublishAsync(
            Samples.Published(quote, flight.InstanceId, DateTimeOffset.UtcNow),
            announce: true,
            CancellationToken.None
        );
        Assert.Equal(flight.InstanceId, (await waitingForAll)?.InstanceId);
    }

    private static QuoteRequest Ask(Symbol symbol) =>
        new()
        {
            Symbol = symbol,
            Providers = ProviderSelection.All,
            Budget = TimeSpan.FromSeconds(1),
            MaxAge = TimeSpan.Zero,
        };

    [Fact]
    public async Task With_keys_on_quotes_ask_for_one_and_health_does_not()
    {
        await using var closed = await RunningApp.StartAsync(
            fixture.Database,
            fixture.Simulator.Address,
            "Functions:Authorization:Enabled=true",
            "Functions:Keys:Function:test=a-key-of-a-test-0123456789"
        );

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await closed.GetAsync("quotes/T0021?budget=10000")).Status);
        Assert.Equal(
            System.Net.HttpStatusCode.OK,
            (await closed.GetAsync("quotes/T0021?budget=10000", ("x-functions-key", "a-key-of-a-test-0123456789"))).Status
        );
        Assert.Equal(System.Net.HttpStatusCode.OK, (await closed.GetAsync("quotes/T0021?code=a-key-of-a-test-0123456789")).Status);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await closed.GetAsync("health/ready")).Status);
    }
}
