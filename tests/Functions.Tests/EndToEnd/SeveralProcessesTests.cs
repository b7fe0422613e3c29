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
        var flight = flights.Join(new FlightKey(quote.Symbol, ProviderSelection.All, TimeSpan.FromSeconds(1)), DateTimeOffset.UtcNow, out _);
        var waiting = flights.WaitAsync(flight, SignalTasks.Deadline, CancellationToken.None);

        await other.Services.GetRequiredService<QuoteStore>().PublishAsync(
            Samples.Published(quote, flight.InstanceId, DateTimeOffset.UtcNow), announce: true, CancellationToken.None);

        Assert.Equal(187.21m, (await waiting).Quote?.Price);
        Assert.Equal("T0020", (await fixture.App.GetAsync("quotes/T0020?maxAge=3600")).Value("symbol"));
        Assert.Equal(0, await fixture.Simulator.CountCallsAsync("T0020"));
    }

    [Fact]
    public async Task With_keys_on_quotes_ask_for_one_and_health_does_not()
    {
        await using var closed = await RunningApp.StartAsync(
            fixture.Database, fixture.Simulator.Address, "Functions:Authorization:Enabled=true", "Functions:Keys:Function:test=a-key-of-a-test-0123456789");

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await closed.GetAsync("quotes/T0021?budget=10000")).Status);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await closed.GetAsync("quotes/T0021?budget=10000", ("x-functions-key", "a-key-of-a-test-0123456789"))).Status);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await closed.GetAsync("quotes/T0021?code=a-key-of-a-test-0123456789")).Status);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await closed.GetAsync("health/ready")).Status);
    }
}
