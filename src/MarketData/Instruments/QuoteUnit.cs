namespace Quorum.MarketData;

/// <summary>The unit in which a provider writes prices: a currency, or a minor unit of one that vendors write as if it were a currency (rule N10).</summary>
/// <param name="Name">As the provider writes it: <c>USD</c>, <c>GBX</c>, <c>GBp</c>, <c>ZAc</c>, <c>ILA</c>. Case counts.</param>
/// <param name="Currency">The currency of the normalized price.</param>
/// <param name="PerMajor">How many of the unit make one of the currency: 1, 100 or 1000 (fils).</param>
public readonly record struct QuoteUnit(string Name, CurrencyCode Currency, int PerMajor)
{
    private static readonly CurrencyCode Gbp = CurrencyCode.Parse("GBP"), Zar = CurrencyCode.Parse("ZAR"), Ils = CurrencyCode.Parse("ILS"), Kwd = CurrencyCode.Parse("KWD");

    /// <summary>Reads a unit's name; <see langword="null"/> for what is neither an ISO 4217 code nor a known minor unit.</summary>
    public static QuoteUnit? TryParse(string? name) => name?.Trim() switch
    {
        "GBX" or "GBp" => new QuoteUnit(name.Trim(), Gbp, 100),
        "ZAC" or "ZAc" => new QuoteUnit(name.Trim(), Zar, 100),
        "ILA" => new QuoteUnit("ILA", Ils, 100),
        "KWF" => new QuoteUnit("KWF", Kwd, 1000),
        { } other when CurrencyCode.TryParse(other, out var currency) => new QuoteUnit(other, currency, 1),
        _ => null,
    };
}
