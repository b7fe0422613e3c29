namespace Quorum.MarketData;

/// <summary>Finds what stands in for a provider whose call brought no price: its last known quote, if that is young enough.</summary>
internal static class StandIns
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(30);

    /// <summary>Longer than any venue stays closed at a stretch.</summary>
    private static readonly TimeSpan MaxClosure = TimeSpan.FromDays(14);

    /// <returns>The quote, marked stale; <see langword="null"/> when there is none, or it is too old.</returns>
    public static ProviderQuote? Find(
        FetchOutcome outcome,
        ReferenceData reference,
        TradingCalendar? calendar,
        DateTimeOffset now,
        MergeOptions options
    )
    {
        var quote = Candidate(outcome, reference);
        if (quote is null || !IsYoung(quote.ReceivedAt, calendar, now, options.StandInMaxAge))
        {
            return null;
        }

        return quote.Stale ? quote : quote with { Stale = true };
    }

    /// <summary>The provider's last known quote, whatever its age; <see langword="null"/> when there is none.</summary>
    public static ProviderQuote? Candidate(FetchOutcome outcome, ReferenceData reference) =>
        outcome.Quote is { Price: > 0 } own ? own : LastKnown(outcome.Provider, reference);

    private static ProviderQuote? LastKnown(ProviderId provider, ReferenceData reference)
    {
        ProviderQuote? latest = null;
        for (var i = 0; i < reference.LastKnown.Count; i++)
        {
            var (owner, quote) = reference.LastKnown[i];
            if (owner == provider && quote.Price > 0 && (latest is null || quote.ReceivedAt > latest.ReceivedAt))
            {
                latest = quote;
            }
        }

        return latest;
    }

    /// <summary>A quote was its provider's current one when it was received, so its age counts from there; the time in which the venue
    /// could not have traded does not count.</summary>
    private static bool IsYoung(DateTimeOffset receivedAt, TradingCalendar? calendar, DateTimeOffset now, TimeSpan maxAge)
    {
        maxAge = maxAge > MaxAge ? MaxAge : maxAge;
        if (now - receivedAt <= maxAge)
        {
            return true;
        }

        if (calendar is null || now - receivedAt > (2 * maxAge) + MaxClosure)
        {
            return false;
        }

        var lastTraded = calendar.IsOpen(now) ? now : calendar.CurrentOrLast(now).Close;
        var closedDays = calendar.ClosedDaysBetween(calendar.DateAt(receivedAt), calendar.DateAt(lastTraded));
        return lastTraded - receivedAt - TimeSpan.FromDays(closedDays) <= maxAge;
    }
}
