using Quorum.MarketData;
using Quorum.Providers;

namespace Quorum.Microbenchmarks.Quotes;

/// <summary>
/// One answer of each provider for AAPL at one moment of a Friday's session, in <c>Recorded/</c>, recorded from the simulator.
/// </summary>
internal static class RecordedAnswers
{
    public static readonly DateTimeOffset ReceivedAt = new(2026, 11, 20, 17, 0, 1, TimeSpan.Zero);

    public static readonly Instrument Apple = new()
    {
        Symbol = Symbol.Parse("AAPL"),
        Name = "Apple Inc.",
        Venue = Mic.Parse("XNAS"),
        Isin = "US0378331005",
        Currency = CurrencyCode.Usd,
    };

    public static byte[] Body(ProviderId provider) => Recording.Load($"{provider}.json");

    public static ProviderListing Listing(ProviderId provider) =>
        new()
        {
            Provider = provider,
            Symbol = Apple.Symbol,
            ProviderSymbol = provider == ProviderId.Eodhd ? "AAPL.US" : "AAPL",
            Unit = "USD",
            Venue = Apple.Venue,
            Currency = Apple.Currency,
        };

    public static IProviderAdapter Adapter(ProviderId provider)
    {
        var registration = ProviderRegistration.All.Single(candidate => candidate.Id == provider);
        return registration.Create(new ProviderSettings(registration, new ProviderOptions { ApiKey = "key", ApiSecret = "secret" }));
    }

    public static ProviderQuote Quote(ProviderId provider)
    {
        using var response = new HttpResponseMessage();
        var result = Judge.Decide(
            Adapter(provider),
            new ProviderAnswer(200, Body(provider), response.Headers, ReceivedAt),
            Listing(provider)
        );
        return result.Quote
            ?? throw new InvalidOperationException($"The recorded answer of {provider} is {result.Status}: {result.Detail}");
    }
}
