namespace Quorum.ProviderSimulator;

/// <summary>Which of a provider's documented requests a call is.</summary>
internal enum CallForm
{
    /// <summary>No path of the provider's.</summary>
    None,

    /// <summary>A path of the provider's, but a parameter is missing or wrong.</summary>
    Bad,
    One,
    Many,
    PreviousDay,
    LastTrade,
    LastQuote,

    /// <summary>The rate of a pair of currencies, or the rates of a base.</summary>
    Rate,
}

/// <summary>One call: what was asked, and what the simulator has to say to it before the provider answers.</summary>
internal sealed class Call
{
    public CallForm Form { get; set; }

    /// <summary>As sent; <see langword="null"/> when none was.</summary>
    public string? Key { get; set; }

    public string? Secret { get; set; }

    /// <summary>In the provider's spelling, separated by commas.</summary>
    public string Symbols { get; set; } = "";

    public int SymbolCount { get; set; } = 1;

    public bool Csv { get; set; }

    /// <summary>Alpaca's <c>feed</c>, Alpha Vantage's <c>entitlement</c>, Twelve Data's exchange.</summary>
    public string? Option { get; set; }

    /// <summary>How many decimals were asked for (Twelve Data).</summary>
    public int? Decimals { get; set; }

    public KeyStanding Standing { get; set; }

    public Plan Plan { get; set; }

    public QuotaVerdict Quota { get; set; }

    public FaultPlan Faults { get; set; } = FaultPlan.None;

    /// <summary>The provider's clock at the answer.</summary>
    public DateTimeOffset Clock { get; set; }

    /// <summary>The moment whose quotes are given: the clock, but for stale, frozen and stuck ones.</summary>
    public DateTimeOffset QuoteClock => Faults.StuckAt ?? Faults.FrozenAt ?? Clock - Faults.Age;

    public bool Is(string shape) => Faults.Shape == shape;
}
