using Quorum.MarketData;
using static Quorum.MarketData.ProviderId;

namespace Quorum.Functions.Tests.EndToEnd.Outside;

/// <summary>Answers of providers, and the outcomes that are expected of them.</summary>
internal static class OutsideAnswers
{
    /// <summary>The prices of a quote that nothing is wrong with.</summary>
    public const decimal Apple = 209.66m;

    /// <summary>Six providers that agree, but for one.</summary>
    public static Dictionary<ProviderId, Reply> All6(decimal price, params (ProviderId Provider, VendorQuote Quote)[] others)
    {
        var replies = ProviderId.All.ToDictionary(provider => provider, _ => (Reply)new VendorQuote(price));
        foreach (var (provider, quote) in others)
        {
            replies[provider] = quote;
        }

        return replies;
    }

    /// <summary>Four providers of which only Twelve Data names the unit.</summary>
    public static Dictionary<ProviderId, Reply> London(decimal price, string currency) =>
        Says(
            (Finnhub, new VendorQuote(price)),
            (AlphaVantage, new VendorQuote(price)),
            (Eodhd, new VendorQuote(price)),
            (
                TwelveData,
                new VendorQuote(price)
                {
                    Currency = currency,
                    Mic = "XLON",
                    Exchange = "LSE",
                }
            )
        );

    public static Dictionary<ProviderId, Reply> Says(params (ProviderId Provider, VendorQuote Quote)[] quotes) =>
        quotes.ToDictionary(said => said.Provider, said => (Reply)said.Quote);

    public static Dictionary<ProviderId, string> Ok(params ProviderId[] providers) =>
        providers.ToDictionary(provider => provider, _ => "ok");

    public static Dictionary<ProviderId, string> Suspect(string reason, params ProviderId[] providers) =>
        providers.ToDictionary(provider => provider, _ => reason);

    public static long At(DateTimeOffset time) => time.ToUnixTimeSeconds();
}
