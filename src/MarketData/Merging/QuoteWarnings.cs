namespace Quorum.MarketData;

/// <summary>The words of <see cref="QuoteQuality.Warnings"/>. Stable: programs decide by them.</summary>
public static class QuoteWarnings
{
    public const string Contradicted = "contradicted";
    public const string Uncorroborated = "uncorroborated";
    public const string PossibleSplit = "possible-split";
    public const string UnitFactor = ProviderQuote.UnitFactor;
    public const string UnitUnknown = ProviderQuote.UnitUnknown;
    public const string MixedCurrencies = "mixed-currencies";
    public const string Simulated = "simulated";

    /// <summary>No rate was found in time: the prices are in the original currency.</summary>
    public const string CurrencyUnavailable = "currency-unavailable";

    /// <summary>The warnings of a panel, in a fixed order.</summary>
    internal static IReadOnlyList<string> Of(QuotePanel panel, bool isContradicted, bool mayBeSplit)
    {
        List<string>? warnings = null;
        Add(Contradicted, isContradicted);
        Add(Uncorroborated, panel.Price is not null && Confidence.IsUncorroborated(panel));
        Add(PossibleSplit, mayBeSplit || panel.SplitFactors != 0);
        Add(UnitFactor, panel.UnitFactors != 0);
        Add(UnitUnknown, panel.SetOf(static quote => quote.Suspect is ProviderQuote.UnitUnknown) != 0);
        Add(MixedCurrencies, panel.MixesCurrencies);
        Add(Simulated, panel.SetOf(static quote => quote.Simulated) != 0);
        return (IReadOnlyList<string>?)warnings ?? [];

        void Add(string warning, bool applies)
        {
            if (applies)
            {
                (warnings ??= []).Add(warning);
            }
        }
    }
}
