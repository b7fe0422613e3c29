using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;
using Quorum.Functions.Tests.Quotes;
using Quorum.Functions.Traces;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>The publication of a quote without a price, which is stored only for a caller who may ask for it later.</summary>
public sealed class PublicationTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    private QuoteFlights Flights => fixture.App.Services.GetRequiredService<QuoteFlights>();

    [Fact]
    public async Task It_is_not_stored_for_callers_who_wait()
    {
        var flight = Begin("T1601", trace: null);
        var waiting = Flights.WaitAsync(flight, Ask("T1601"), TimeSpan.FromMinutes(1), CancellationToken.None);

        await PublishAsync(flight);

        Assert.Null((await waiting)!.Price);
        Assert.Null(await StoredAsync(flight));
    }

    [Fact]
    public async Task It_is_stored_for_a_caller_who_got_its_address()
    {
        var flight = Begin("T1602", trace: null);
        Assert.False(flight.MarkQuoteStored());

        await PublishAsync(flight);

        Assert.NotNull(await StoredAsync(flight));
    }

    /// <summary>Such a caller gets the address: nothing was published before the end of its budget.</summary>
    [Fact]
    public async Task It_is_stored_for_a_caller_whose_budget_ends_while_it_is_published()
    {
        var time = new ObservedTime();
        var flight = Begin(
            "T1603",
            new QuoteTrace(
                new TracedRequest("trace", "instance", Symbol.Parse("T1603"), TimeSpan.FromSeconds(1), default, default, Arrival: 0),
                time
            )
        );
        time.OnReading = () =>
        {
            Assert.True(Flights.WaitAsync(flight, Ask("T1603"), TimeSpan.Zero, CancellationToken.None).IsCompletedSuccessfully);
            Assert.False(flight.MarkQuoteStored());
        };

        await PublishAsync(flight);

        Assert.NotNull(await StoredAsync(flight));
    }

    private QuoteFlight Begin(string symbol, QuoteTrace? trace)
    {
        var flight = Flights.Join(Ask(symbol), TimeSpan.FromMinutes(1), begun => begun.Trace = trace, out _);
        flight.MarkScheduled();
        return flight;
    }

    private Task PublishAsync(QuoteFlight flight) =>
        ActivatorUtilities
            .CreateInstance<PublishQuote>(fixture.App.Services)
            .RunAsync(
                new PublishQuoteInput
                {
                    InstanceId = flight.InstanceId,
                    Symbol = flight.Key.Symbol,
                    PublishedAt = DateTimeOffset.UtcNow,
                    Completeness = Completeness.Stale,
                    Providers = ProviderId.All,
                    ReplyTo = Flights.ProcessId,
                    Document = new RawJson(
                        QuoteDocument.Write(
                            Samples.Consolidated(
                                flight.Key.Symbol.ToString(),
                                price: null,
                                Samples.Result(ProviderId.Finnhub, FetchStatus.TimedOut)
                            )
                        )
                    ),
                },
                CancellationToken.None
            );

    private Task<PublishedQuote?> StoredAsync(QuoteFlight flight) =>
        fixture.App.Services.GetRequiredService<QuoteStore>().FindAsync(flight.InstanceId, CancellationToken.None);

    private static QuoteRequest Ask(string symbol) =>
        new()
        {
            Symbol = Symbol.Parse(symbol),
            Providers = ProviderSelection.All,
            Budget = TimeSpan.FromSeconds(1),
            MaxAge = TimeSpan.Zero,
        };

    /// <summary>A clock that calls back at the next reading.</summary>
    private sealed class ObservedTime : TimeProvider
    {
        public Action? OnReading { get; set; }

        public override long GetTimestamp()
        {
            var observe = OnReading;
            OnReading = null;
            observe?.Invoke();
            return base.GetTimestamp();
        }
    }
}
