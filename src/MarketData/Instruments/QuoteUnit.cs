using System.Collections.Frozen;

namespace Quorum.MarketData;

/// <summary>The unit of a provider's prices: a currency, or a minor unit that vendors write like a currency (rules N10, N23).</summary>
/// <param name="Name">The unit as the provider writes it: <c>USD</c>, <c>GBX</c>, <c>GBp</c>, <c>ZAc</c>, <c>ILA</c>.</param>
/// <param name="Currency">The currency of the normalized price.</param>
/// <param name="PerMajor">The number of units in one of the currency: 1, 100 or 1000 (fils).</param>
public readonly record struct QuoteUnit(string Name, CurrencyCode Currency, int PerMajor)
{
    /// <summary>Pence, cents, agorot and fils as vendors write them. The list is closed: a code that is not in it has no known
    /// unit.</summary>
    private static readonly FrozenDictionary<string, (CurrencyCode Currency, int PerMajor)> MinorUnits = new (
        string[] Names,
        string Currency,
        int PerMajor
    )[]
    {
        (["GBX", "GBp", "GBx"], "GBP", 100),
        (["ZAC", "ZAc"], "ZAR", 100),
        (["ILA", "ILa"], "ILS", 100),
        (["KWF", "KWf"], "KWD", 1000),
    }
        .SelectMany(unit => unit.Names.Select(name => KeyValuePair.Create(name, (CurrencyCode.Parse(unit.Currency), unit.PerMajor))))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The one meaning that a code has in any case, by the code in upper case; codes with two meanings (<c>GBP</c>, <c>GBp</c>)
    /// are missing.</summary>
    private static readonly FrozenDictionary<string, (CurrencyCode Currency, int PerMajor)> InAnyCase = CurrencyCode
        .All.Select(currency => (Name: currency.ToString(), Meaning: (currency, 1)))
        .Concat(MinorUnits.Select(unit => (Name: unit.Key, Meaning: unit.Value)))
        .GroupBy(known => known.Name.ToUpperInvariant(), known => known.Meaning, StringComparer.Ordinal)
        .Where(known => known.Distinct().Count() == 1)
        .ToFrozenDictionary(known => known.Key, known => known.First(), StringComparer.Ordinal);

    /// <summary>Reads the name of a unit: an active ISO 4217 code or a minor unit of the list above.</summary>
    /// <remarks>Another case is accepted where it can mean nothing else (<c>usd</c>). <c>gbp</c> may be pounds or pence, and two capitals
    /// before a small letter (<c>USd</c>) is how vendors write minor units.</remarks>
    /// <returns><see langword="null"/> when the unit is unknown.</returns>
    public static QuoteUnit? TryParse(string? name)
    {
        name = name?.Trim();
        if (name is not { Length: 3 })
        {
            return null;
        }

        if (MinorUnits.TryGetValue(name, out var minor))
        {
            return new QuoteUnit(name, minor.Currency, minor.PerMajor);
        }

        if (CurrencyCode.TryParse(name, out var currency))
        {
            return new QuoteUnit(name, currency, 1);
        }

        var looksMinor = char.IsAsciiLetterUpper(name[0]) && char.IsAsciiLetterUpper(name[1]) && char.IsAsciiLetterLower(name[2]);
        return !looksMinor && InAnyCase.TryGetValue(name.ToUpperInvariant(), out var known)
            ? new QuoteUnit(name, known.Currency, known.PerMajor)
            : null;
    }
}
