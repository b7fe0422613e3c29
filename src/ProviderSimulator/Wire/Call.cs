namespace Quorum.ProviderSimulator;

/// <summary>The kind of a call among a provider's documented requests.</summary>
internal enum CallForm
{
    /// <summary>The path is not one of the provider's.</summary>
    None,

    /// <summary>The path is one of the provider's, but a parameter is missing or invalid.</summary>
    Bad,
    One,
    Many,
    PreviousDay,
    LastTrade,
    LastQuote,

    /// <summary>The rate of a pair of currencies, or the rates of a base.</summary>
    Rate,
}

/// <summary>One call: the request, and the simulator's decisions on it before the provider answers.</summary>
internal sealed class Call
{
    public CallForm Form { get; set; }

    /// <summary>The key as sent; <see langword="null"/> for none.</summary>
    public string? Key { get; set; }

    public string? Secret { get; set; }

    /// <summary>The symbols in the provider's spelling, separated by commas.</summary>
    public string Symbols { get; set; } = "";

    public int SymbolCount { get; set; } = 1;

    public bool Csv { get; set; }

    /// <summary>Alpaca's <c>feed</c>, Alpha Vantage's <c>entitlement</c>, Twelve Data's exchange.</summary>
    public string? Option { get; set; }

    /// <summary>The requested number of decimals (Twelve Data).</summary>
    public int? Decimals { get; set; }

    public KeyStanding Standing { get; set; }

    public Plan Plan { get; set; }

    public QuotaVerdict Quota { get; set; }

    public FaultPlan Faults { get; set; } = FaultPlan.None;

    /// <summary>The provider's clock at the time of the answer.</summary>
    public DateTimeOffset Clock { get; set; }

    /// <summary>The time of the returned quotes: the clock, except for stale, frozen and stuck quotes.</summary>
    public DateTimeOffset QuoteClock => Faults.StuckAt ?? Faults.FrozenAt ?? Clock - Faults.Age;

    public bool Is(string shape) => Faults.Shape == shape;
}
