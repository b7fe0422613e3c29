namespace Quorum.MarketData;

/// <summary>
/// Decides if enough providers agree for an answer before the others have answered. Pure, so that an orchestrator can call it.
/// </summary>
/// <remarks>
/// A quorum consists of fresh quotes: usable and of the best class that any provider gave or, while its call is in flight, can still give
/// (N21). Their prices span at most <see cref="MergeOptions.AgreementToleranceBps"/> of the lowest, the merged price lies among them, and
/// no fresh quote is an outlier of it. <para>These hold for every input: if every later quote lies within the tolerance of the price, so
/// does the complete price; one arbitrarily wrong provider never forms a quorum without another that agrees with it; the order of the
/// outcomes never matters.</para>
/// </remarks>
public static class Agreement
{
    /// <summary>The fewest providers that can agree with each other, and the number of all.</summary>
    public const int MinProviders = 2,
        MaxProviders = 6;

    private const decimal BpsPerUnit = 10_000;

    /// <summary>Counts the providers that agree.</summary>
    /// <param name="symbol">The canonical symbol asked for.</param>
    /// <param name="reference">Instrument and last known quotes.</param>
    /// <param name="outcomes">One for each provider asked, in any order: <see cref="FetchStatus.Pending"/> while its call is under
    /// way.</param>
    /// <param name="slower">The providers whose plan gives no real-time quotes; any other is expected to give one.</param>
    /// <param name="now">The moment of the decision.</param>
    /// <param name="options"><see langword="null"/> for the defaults.</param>
    /// <returns>The size of the largest quorum: it is one for every <c>agree</c> up to this number. 0 when there is none.</returns>
    /// <exception cref="ArgumentException">Two outcomes are of the same provider, or one is of none.</exception>
    public static int Count(
        Symbol symbol,
        ReferenceData reference,
        IReadOnlyList<FetchOutcome> outcomes,
        IReadOnlyList<ProviderFreshness> slower,
        DateTimeOffset now,
        MergeOptions? options = null
    )
    {
        options ??= MergeOptions.Default;
        var panel = QuoteMerger.PanelOf(symbol, reference, outcomes, now, options, out _);
        if (
            panel.Price is not { } price
            || (panel.Outliers | (panel.UnitFactors & panel.Fresh)) != 0
            || MayChangeCurrency(panel, symbol, reference)
        )
        {
            return 0;
        }

        var fresh = panel[panel.NewestOf(panel.Fresh)].ClassOf();
        return fresh is FreshnessClass.Stored || fresh < BestExpected(outcomes, slower)
            ? 0
            : LargestAround(panel, price.Value, Math.Clamp(options.AgreementToleranceBps, 1, BpsPerUnit) / BpsPerUnit);
    }

    /// <summary>False if there can be no quorum of this size yet: while a real-time quote may still come, only such quotes form one. Does not
    /// merge, so it may be asked after each answer.</summary>
    /// <param name="agree">The size.</param>
    /// <param name="asked">The number of providers asked.</param>
    /// <param name="answers">The outcomes so far, one for each provider that has answered.</param>
    /// <param name="slower">As for <see cref="Count"/>, of the providers asked.</param>
    public static bool IsPossible(
        int agree,
        int asked,
        IReadOnlyCollection<FetchOutcome> answers,
        IReadOnlyCollection<ProviderFreshness> slower
    )
    {
        if (answers.Count < agree)
        {
            return false;
        }

        var (realTime, expected) = (0, asked - slower.Count);
        foreach (var answer in answers)
        {
            realTime += answer.Quote is { Price: not null, Freshness: QuoteFreshness.RealTime } ? 1 : 0;
            expected -= slower.Any(own => own.Provider == answer.Provider) ? 0 : 1;
        }

        return realTime >= agree || expected <= 0;
    }

    /// <summary>A later quote may name another currency, which then is the one of the price.</summary>
    private static bool MayChangeCurrency(QuotePanel panel, Symbol symbol, ReferenceData reference) =>
        panel.Currency is { } currency && currency != QuoteMerger.CurrencyOf(symbol, reference);

    /// <summary>The best class that a call under way can still bring.</summary>
    private static FreshnessClass BestExpected(IReadOnlyList<FetchOutcome> outcomes, IReadOnlyList<ProviderFreshness> slower)
    {
        var best = FreshnessClass.Stored;
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes[i].Status is FetchStatus.Pending && ClassOf(outcomes[i].Provider, slower) is var own && own > best)
            {
                best = own;
            }
        }

        return best;
    }

    private static FreshnessClass ClassOf(ProviderId provider, IReadOnlyList<ProviderFreshness> slower)
    {
        for (var i = 0; i < slower.Count; i++)
        {
            if (slower[i].Provider == provider)
            {
                return FreshnessClasses.ClassOf(slower[i].Freshness);
            }
        }

        return FreshnessClass.RealTime;
    }

    /// <summary>The number of fresh quotes in the fullest range of prices that is no wider than the tolerance and holds the
    /// price.</summary>
    private static int LargestAround(QuotePanel panel, decimal price, decimal tolerance)
    {
        var largest = 0;
        for (var from = 0; from < ProviderSet.Size; from++)
        {
            if ((panel.Fresh & (1 << from)) == 0 || panel[from].Price is not { } low || low > price)
            {
                continue;
            }

            var (count, highest) = (0, low);
            for (var place = 0; place < ProviderSet.Size; place++)
            {
                if ((panel.Fresh & (1 << place)) != 0 && panel[place].Price is { } own && own >= low && own - low <= low * tolerance)
                {
                    count++;
                    highest = Math.Max(highest, own);
                }
            }

            largest = price <= highest ? Math.Max(largest, count) : largest;
        }

        return largest >= MinProviders ? largest : 0;
    }
}

/// <summary>The freshness that a provider's plan gives at best.</summary>
public readonly record struct ProviderFreshness(ProviderId Provider, QuoteFreshness Freshness);
