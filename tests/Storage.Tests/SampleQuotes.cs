using System.Text;
using Quorum.MarketData;

namespace Quorum.Storage.Tests;

/// <summary>Quotes of one afternoon in New York.</summary>
internal static class SampleQuotes
{
    public static readonly DateTimeOffset Afternoon = new(2025, 6, 18, 17, 32, 10, TimeSpan.Zero);

    public static ProviderQuote ProviderQuote(
        decimal? price,
        DateTimeOffset receivedAt,
        DateTimeOffset? asOf = null,
        string? suspect = null
    ) =>
        new()
        {
            Price = price,
            Bid = price - 0.01m,
            Ask = price + 0.02m,
            PreviousClose = 216m,
            Volume = 38_765_012,
            Currency = CurrencyCode.Usd,
            RawPrice = price,
            RawUnit = "USD",
            AsOf = asOf,
            AsOfPrecision = asOf is null ? null : AsOfPrecision.Instant,
            TradingDate = new DateOnly(2025, 6, 18),
            ReceivedAt = receivedAt,
            Freshness = QuoteFreshness.RealTime,
            Suspect = suspect,
        };

    public static PublishedQuote Published(
        string instanceId,
        string symbol,
        DateTimeOffset publishedAt,
        decimal? price = 214.29m,
        Completeness completeness = Completeness.Complete,
        bool allProviders = true,
        string? document = null,
        int? agreeing = null
    ) =>
        new()
        {
            InstanceId = instanceId,
            Symbol = Symbol.Parse(symbol),
            PublishedAt = publishedAt,
            Price = price,
            AsOf = publishedAt - TimeSpan.FromSeconds(1),
            Completeness = agreeing is null ? completeness : Completeness.Agreed,
            Agreeing = agreeing,
            AllProviders = allProviders,
            Document = Encoding.UTF8.GetBytes(document ?? $$"""{"symbol":"{{symbol}}","instanceId":"{{instanceId}}"}"""),
        };

    public static string Text(this PublishedQuote quote) => Encoding.UTF8.GetString(quote.Document.Span);
}
