using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>Instruments as the reference data list them at each provider.</summary>
internal static class Listings
{
    private static readonly Mic Nasdaq = Mic.Parse("XNAS"),
        London = Mic.Parse("XLON");
    private static readonly CurrencyCode Pounds = CurrencyCode.Parse("GBP");

    public static ProviderListing Aapl(ProviderId provider) =>
        new()
        {
            Provider = provider,
            Symbol = Symbol.Parse("AAPL"),
            ProviderSymbol = provider == ProviderId.Eodhd ? "AAPL.US" : "AAPL",
            Unit = "USD",
            Venue = Nasdaq,
            Currency = CurrencyCode.Usd,
        };

    /// <summary>A US ticker in the provider's spelling, as one that the reference data lack.</summary>
    public static ProviderListing Us(ProviderId provider, string ticker) =>
        new()
        {
            Provider = provider,
            Symbol = Symbol.Parse(ticker),
            ProviderSymbol = ProviderSpelling.Of(provider, Symbol.Parse(ticker))!,
            IsByRule = true,
            Unit = "USD",
            Currency = CurrencyCode.Usd,
        };

    /// <summary>A pair of currencies in the provider's spelling, priced in the second.</summary>
    public static ProviderListing Pair(ProviderId provider, string pair) =>
        Us(provider, pair) with
        {
            Unit = pair[3..],
            Currency = CurrencyCode.Parse(pair[3..]),
        };

    /// <summary>The London line, in pence.</summary>
    public static ProviderListing Vodafone(ProviderId provider, string spelling, string? unit) =>
        new()
        {
            Provider = provider,
            Symbol = Symbol.Parse("VOD:XLON"),
            ProviderSymbol = spelling,
            Unit = unit,
            Venue = London,
            Currency = Pounds,
        };
}
