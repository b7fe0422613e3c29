namespace Quorum.ProviderSimulator;

/// <summary>One session of a venue.</summary>
/// <param name="Date">The date in the venue's calendar.</param>
/// <param name="Midnight">The start of that date at the venue, UTC.</param>
/// <param name="Open">The opening, UTC.</param>
/// <param name="Close">The close, UTC; the last instant of trading.</param>
/// <param name="Next">The opening of the next session, UTC: until then this session is the latest known.</param>
/// <param name="UtcOffset">The offset of the venue's clock at the opening.</param>
internal sealed record TradingDay(
    DateOnly Date,
    DateTimeOffset Midnight,
    DateTimeOffset Open,
    DateTimeOffset Close,
    DateTimeOffset Next,
    TimeSpan UtcOffset
)
{
    /// <summary>The lunch break, UTC; <see langword="null"/> for none.</summary>
    public (DateTimeOffset Start, DateTimeOffset End)? Break { get; init; }

    public bool IsOpenAt(DateTimeOffset instant) =>
        instant >= Open && instant < Close && !(Break is { } pause && instant >= pause.Start && instant < pause.End);

    /// <summary>Returns the last instant up to the given one at which trades occurred.</summary>
    public DateTimeOffset LastTradable(DateTimeOffset instant)
    {
        if (instant >= Close)
        {
            return Close;
        }

        return Break is { } pause && instant >= pause.Start && instant < pause.End ? pause.Start : instant;
    }
}
