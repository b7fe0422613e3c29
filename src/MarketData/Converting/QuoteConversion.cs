using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>The conversion of a consolidated quote's prices. Prices of single providers are not converted.</summary>
/// <param name="OriginalCurrency">The currency in which the instrument trades.</param>
/// <param name="OriginalPrice">The price in it; <see langword="null"/> when the quote has none.</param>
/// <param name="Unit">The unit of the converted prices: the requested ISO 4217 code, or a minor unit such as <c>GBX</c>.</param>
/// <param name="Rate">
/// The factor of every price: the amount of <paramref name="Unit"/> for one unit of <paramref name="OriginalCurrency"/>.
/// </param>
/// <param name="Pair">
/// The currency pair whose consolidated price is the rate, or its inverse; <see langword="null"/> for two units of one currency, as are
/// <paramref name="AsOf"/>, <paramref name="Confidence"/> and <paramref name="Method"/>.
/// </param>
/// <param name="AsOf">The time of the pair's price, UTC; <see langword="null"/> when it is not known.</param>
/// <param name="Confidence">The confidence of the pair's price, 0 to 1, computed as for a quote.</param>
/// <param name="Method">The method of the pair's price: <c>weighted-median</c>, <c>freshest</c> or <c>single</c>.</param>
/// <param name="From">The providers behind the pair's price; empty for two units of one currency.</param>
public sealed record QuoteConversion(
    CurrencyCode OriginalCurrency,
    decimal? OriginalPrice,
    string Unit,
    decimal Rate,
    Symbol? Pair,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? AsOf,
    double? Confidence,
    string? Method,
    IReadOnlyList<ProviderId> From
);
