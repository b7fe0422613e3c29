namespace Quorum.MarketData;

/// <summary>Reconciles the quotes of several providers for one instrument into one quote, field by field. Pure, so that an orchestrator can
/// call it.</summary>
/// <remarks>These hold for every input: the order of the outcomes never matters; the price is a value that a provider gave, or lies between
/// two that agree; of four or more fresh quotes one arbitrarily wrong never moves the price outside the range of the others; contradiction
/// never raises confidence; merging the providers' results of a merge again gives the same. docs/design.md has the
/// rules.</remarks>
public static class QuoteMerger
{
    private const int SpreadDecimals = 2;
    private const double BpsPerUnit = 10_000;

    /// <param name="symbol">The canonical symbol asked for.</param>
    /// <param name="reference">Instrument and last known quotes; a provider whose call brought no price is represented by its last known
    /// quote.</param>
    /// <param name="outcomes">The outcome of each call, at most one for each provider, in any order.</param>
    /// <param name="now">The moment of the merge: ages of stored quotes count up to it.</param>
    /// <param name="options"><see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">Two outcomes are of the same provider, or one is of none.</exception>
    public static ConsolidatedQuote Merge(
        Symbol symbol,
        ReferenceData reference,
        IReadOnlyList<FetchOutcome> outcomes,
        DateTimeOffset now,
        MergeOptions? options = null
    )
    {
        var instrument = reference.Instrument;
        var venue = VenueOf(symbol, instrument);
        var panel = PanelOf(symbol, reference, outcomes, now, options ?? MergeOptions.Default, out var results);
        var pair = CurrencyPair.Of(symbol);
        var fields = new MergedFields(panel, new PriceRounding(venue, isPair: pair is not null));
        MarkUnitFactors(results, panel.UnitFactors);
        return new ConsolidatedQuote
        {
            Symbol = symbol,
            Name = instrument is null ? pair?.ToString() : instrument.Name,
            Venue = instrument?.Venue,
            Isin = instrument?.Isin,
            Currency = panel.Currency,
            Price = fields.Price,
            AsOf = fields.AsOf,
            Session = fields.Price is null ? null : panel.Session,
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
            Quality = QualityOf(results, panel, fields),
            Provenance = fields.Provenance,
            Providers = results,
        };
    }

    /// <summary>The results of the calls, stored quotes standing in, and the judgement of their prices.</summary>
    /// <exception cref="ArgumentException">Two outcomes are of the same provider, or one is of none.</exception>
    internal static QuotePanel PanelOf(
        Symbol symbol,
        ReferenceData reference,
        IReadOnlyList<FetchOutcome> outcomes,
        DateTimeOffset now,
        MergeOptions options,
        out ProviderResult[] results
    )
    {
        var venue = VenueOf(symbol, reference.Instrument);
        results = ResultsOf(outcomes, reference, venue?.Calendar, now, options);
        UnitSettlement.Settle(results, venue, symbol.Ticker);
        return new QuotePanel(results, reference.Instrument?.Currency, venue?.Currency, venue?.Calendar, options);
    }

    /// <summary>The currency in which the instrument is expected to trade; <see langword="null"/> when neither the reference data nor the
    /// venue tell.</summary>
    internal static CurrencyCode? CurrencyOf(Symbol symbol, ReferenceData reference) =>
        reference.Instrument?.Currency ?? VenueOf(symbol, reference.Instrument)?.Currency;

    private static Venue? VenueOf(Symbol symbol, Instrument? instrument) => Venue.Of(symbol, instrument?.Venue);

    /// <summary>The outcomes in the order of <see cref="ProviderId.All"/>, stored quotes standing in.</summary>
    private static ProviderResult[] ResultsOf(
        IReadOnlyList<FetchOutcome> outcomes,
        ReferenceData reference,
        TradingCalendar? calendar,
        DateTimeOffset now,
        MergeOptions options
    )
    {
        var byPlace = new FetchOutcome?[ProviderSet.Size];
        for (var i = 0; i < outcomes.Count; i++)
        {
            ref var place = ref byPlace[ProviderSet.IndexOf(outcomes[i].Provider)];
            place = place is null
                ? outcomes[i]
                : throw new ArgumentException($"There are two outcomes of '{place.Provider}'.", nameof(outcomes));
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
        FetchOutcome outcome,
        ReferenceData reference,
        TradingCalendar? calendar,
        DateTimeOffset now,
        MergeOptions options
    )
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

    /// <summary>A quote in another unit is suspect; one that was marked in an earlier merge and is not now is no longer.</summary>
    private static void MarkUnitFactors(ProviderResult[] results, int unitFactors)
    {
        for (var i = 0; i < results.Length; i++)
        {
            var suspect = (unitFactors & (1 << ProviderSet.IndexOf(results[i].Id))) != 0;
            if (results[i].Quote is { } quote && suspect != (quote.Suspect is ProviderQuote.UnitFactor))
            {
                results[i] = results[i] with { Quote = quote with { Suspect = suspect ? ProviderQuote.UnitFactor : null } };
            }
        }
    }

    private static bool WasAsked(ProviderResult result) => result.Outcome is not (FetchStatus.NotCovered or FetchStatus.Disabled);

    private static Completeness CompletenessOf(ProviderResult[] results, QuotePanel panel)
    {
        var (allAnswered, liveUsed, isPending) = (true, false, false);
        foreach (var result in results)
        {
            isPending |= result.Outcome is FetchStatus.Pending;
            allAnswered &= !WasAsked(result) || result is { Outcome: FetchStatus.Ok, Quote.Price: > 0 };
            liveUsed |= !result.FromStore && (panel.Agreeing & (1 << ProviderSet.IndexOf(result.Id))) != 0;
        }

        return !liveUsed ? Completeness.Stale
            : isPending ? Completeness.Agreed
            : allAnswered ? Completeness.Complete
            : Completeness.Partial;
    }

    private static QuoteQuality QualityOf(ProviderResult[] results, QuotePanel panel, MergedFields fields)
    {
        var asked = 0;
        foreach (var result in results)
        {
            asked += WasAsked(result) ? 1 : 0;
        }

        var isContradicted = false;
        var confidence = fields.Price is null ? 0 : Confidence.Of(panel, out isContradicted);
        return new QuoteQuality(
            confidence,
            asked,
            ProviderSet.Count(panel.Agreeing),
            SpreadBps(panel, fields.Price),
            ProviderSet.List(panel.Outliers),
            ProviderSet.List(panel.SetOf(static quote => quote.Freshness is QuoteFreshness.Delayed or QuoteFreshness.EndOfDay)),
            fields.Repaired
        )
        {
            Warnings = QuoteWarnings.Of(panel, isContradicted, fields.MayBeSplit),
        };
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
            if ((panel.Agreeing & (1 << place)) != 0 && panel[place].Price is { } value)
            {
                low = Math.Min(low, value);
                high = Math.Max(high, value);
            }
        }

        return Math.Round((double)(high - low) / (double)middle * BpsPerUnit, SpreadDecimals);
    }
}
