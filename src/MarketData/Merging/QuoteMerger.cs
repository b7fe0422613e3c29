namespace Quorum.MarketData;

/// <summary>Reconciles what several providers say of one instrument into one quote, field by field. Pure, and so at home in an orchestrator.</summary>
/// <remarks>These hold for every input: the order of the outcomes never matters; the price lies between the lowest and the highest usable one;
/// of four or more quotes received one arbitrarily wrong never moves the price outside the range of the others; merging the providers' results of a
/// merge again gives the same; one more provider never lowers the number of those used.</remarks>
public static class QuoteMerger
{
    private const int SpreadDecimals = 2;
    private const double BpsPerUnit = 10_000;

    /// <param name="symbol">The canonical symbol asked for.</param>
    /// <param name="reference">Instrument and last known quotes; a provider whose call brought no price is represented by its last known quote.</param>
    /// <param name="outcomes">What each call came to, at most one for each provider, in any order.</param>
    /// <param name="now">The moment of the merge: ages of stored quotes count up to it.</param>
    /// <param name="options"><see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">Two outcomes are of the same provider, or one is of none.</exception>
    public static ConsolidatedQuote Merge(
        Symbol symbol, ReferenceData reference, IReadOnlyList<FetchOutcome> outcomes, DateTimeOffset now, MergeOptions? options = null)
    {
        options ??= MergeOptions.Default;
        var instrument = reference.Instrument;
        var results = ResultsOf(outcomes, reference, CalendarOf(symbol, instrument), now, options);
        var panel = new QuotePanel(results, instrument?.Currency, options);
        var fields = new MergedFields(panel);
        return new ConsolidatedQuote
        {
            Symbol = symbol,
            Name = instrument?.Name,
            Venue = instrument?.Venue,
            Isin = instrument?.Isin,
            Currency = panel.Currency,
            Price = fields.Price,
            AsOf = fields.AsOf,
            Bid = fields.Bid,
            Ask = fields.Ask,
            Open = fields.Open,
            High = fields.High,
            Low = fields.Low,
            PreviousClose = fields.PreviousClose,
            Volume = fields.Volume,
            Change = fields.Change,
            ChangePercent = fields.ChangePercent,
            Completeness = CompletenessOf(results, panel),
            Quality = QualityOf(results, panel, fields, options),
            Provenance = fields.Provenance,
            Providers = results,
        };
    }

    private static TradingCalendar? CalendarOf(Symbol symbol, Instrument? instrument)
    {
        var mic = instrument?.Venue ?? symbol.Venue;
        return (mic is { } code ? Venue.Find(code) : Venue.NewYork)?.Calendar;
    }

    /// <summary>The outcomes in the order of <see cref="ProviderId.All"/>, stored quotes standing in.</summary>
    private static ProviderResult[] ResultsOf(
        IReadOnlyList<FetchOutcome> outcomes, ReferenceData reference, TradingCalendar? calendar, DateTimeOffset now, MergeOptions options)
    {
        var byPlace = new FetchOutcome?[ProviderSet.Size];
        for (var i = 0; i < outcomes.Count; i++)
        {
            ref var place = ref byPlace[ProviderSet.IndexOf(outcomes[i].Provider)];
            place = place is null ? outcomes[i] : throw new ArgumentException($"There are two outcomes of '{place.Provider}'.", nameof(outcomes));
        }

        var results = new ProviderResult[outcomes.Count];
        var count = 0;
        foreach (var outcome in byPlace)
        {
            if (outcome is not null)
            {
                results[count++] = ResultOf(outcome, reference, calendar, now, options);
            }
        }

        return results;
    }

    private static ProviderResult ResultOf(
        FetchOutcome outcome, ReferenceData reference, TradingCalendar? calendar, DateTimeOffset now, MergeOptions options)
    {
        var (quote, fromStore) = outcome switch
        {
            { Status: FetchStatus.NotCovered or FetchStatus.Disabled } => (null, false),
            { Status: FetchStatus.Ok } or { Quote: { Price: not > 0 } } => (outcome.Quote, false),
            _ when StandIns.Find(outcome, reference, calendar, now, options) is { } standIn => (standIn, true),
            _ => (null, false),
        };
        return new ProviderResult
        {
            Id = outcome.Provider,
            Outcome = outcome.Status,
            RetryAfterSeconds = outcome.RetryAfterSeconds,
            LatencyMs = outcome.LatencyMs,
            Attempts = outcome.Attempts,
            FromStore = fromStore,
            Detail = outcome.Detail,
            Quote = quote,
        };
    }

    private static bool WasAsked(ProviderResult result) => result.Outcome is not (FetchStatus.NotCovered or FetchStatus.Disabled);

    private static Completeness CompletenessOf(ProviderResult[] results, QuotePanel panel)
    {
        var (allAnswered, liveUsed) = (true, false);
        foreach (var result in results)
        {
            allAnswered &= !WasAsked(result) || result is { Outcome: FetchStatus.Ok, Quote.Price: > 0 };
            liveUsed |= !result.FromStore && (panel.Used & (1 << ProviderSet.IndexOf(result.Id))) != 0;
        }

        return !liveUsed ? Completeness.Stale : allAnswered ? Completeness.Complete : Completeness.Partial;
    }

    private static QuoteQuality QualityOf(ProviderResult[] results, QuotePanel panel, MergedFields fields, MergeOptions options)
    {
        var asked = 0;
        foreach (var result in results)
        {
            asked += WasAsked(result) ? 1 : 0;
        }

        return new QuoteQuality(
            fields.Price is { } price ? Confidence.Of(price, panel, options) : 0,
            asked,
            ProviderSet.Count(panel.Used),
            SpreadBps(panel, fields.Price),
            ProviderSet.List(panel.Outlier < 0 ? 0 : 1 << panel.Outlier),
            ProviderSet.List(panel.SetOf(static quote => quote.Freshness is QuoteFreshness.Delayed or QuoteFreshness.EndOfDay)),
            fields.Repaired);
    }

    private static double? SpreadBps(QuotePanel panel, decimal? price)
    {
        if (price is not { } middle)
        {
            return null;
        }

        var (low, high) = (decimal.MaxValue, decimal.MinValue);
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            if ((panel.Used & (1 << place)) != 0 && panel[place].Price is { } value)
            {
                low = Math.Min(low, value);
                high = Math.Max(high, value);
            }
        }

        return Math.Round((double)(high - low) / (double)middle * BpsPerUnit, SpreadDecimals);
    }
}
