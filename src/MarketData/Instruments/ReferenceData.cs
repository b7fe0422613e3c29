using System.ComponentModel;

namespace Quorum.MarketData;

/// <summary>The stored data of a symbol at the time of a request. Kept in orchestration history: add members, never change them.</summary>
[ImmutableObject(true)]
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

/// <param name="Provider">The provider of the quote.</param>
/// <param name="Quote">The quote as it was normalized on arrival.</param>
public sealed record StoredQuote(ProviderId Provider, ProviderQuote Quote);
