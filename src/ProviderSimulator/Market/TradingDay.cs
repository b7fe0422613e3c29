namespace Quorum.ProviderSimulator;

/// <summary>One session of a venue.</summary>
/// <param name="Date">In the venue's calendar.</param>
/// <param name="Midnight">The start of that date at the venue, UTC.</param>
/// <param name="Open">UTC.</param>
/// <param name="Close">UTC; the last instant at which the session trades.</param>
/// <param name="Next">The opening of the session that follows, UTC: until then this one is the last known.</param>
/// <param name="UtcOffset">Of the venue's clock at the opening.</param>
internal sealed record TradingDay(
    DateOnly Date,
    DateTimeOffset Midnight,
    DateTimeOffset Open,
    DateTimeOffset Close,
    DateTimeOffset Next,
    TimeSpan UtcOffset
)
{
    /// <summary>The lunch break, UTC; <see langword="null"/> where there is none.</summary>
    public (DateTimeOffset Start, DateTimeOffset End)? Break { get; init; }

    public bool IsOpenAt(DateTimeOffset instant) =>
        instant >= Open && instant < Close && !(Break is { } pause && instant >= pause.Start && instant < pause.End);

    /// <summary>The last instant up to the given one at which trades happened.</summary>
    public DateTimeOffset LastTradable(DateTimeOffset instant)
    {
        if (instant >= Close)
        {
            return Close;
        }

        return Break is { } pause && instant >= pause.Start && instant < pause.End ? pause.Start : instant;
    }
}
