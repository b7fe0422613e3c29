namespace Quorum.MarketData;

/// <summary>What PostgreSQL knows about a symbol when a quote is asked for. Kept in orchestration history: add members, never change
/// them.</summary>
public sealed record ReferenceData
{
    /// <summary><see langword="null"/> when the reference data lack the symbol.</summary>
    public Instrument? Instrument { get; init; }

    /// <summary>The last known quote of each provider that has one.</summary>
    public IReadOnlyList<StoredQuote> LastKnown
    {
        get;
        init => field = value ?? [];
    } = []; // generated JSON readers pass null when it is missing
}

/// <param name="Provider">Who told us.</param>
/// <param name="Quote">As it was normalized when it came.</param>
public sealed record StoredQuote(ProviderId Provider, ProviderQuote Quote);
