namespace Quorum.ProviderSimulator;

/// <summary><c>GET /admin</c>.</summary>
internal sealed record SimulatorState(
    ClockState Clock,
    Plan Plan,
    TradingHours Market,
    ulong Seed,
    double Scale,
    Dictionary<string, ProviderState> Providers,
    IReadOnlyList<Fault> Faults
);

/// <param name="Now">The simulated time.</param>
internal sealed record ClockState(DateTimeOffset Now, bool Running);

/// <param name="Outcomes">Calls by what they came to; only those that happened.</param>
/// <param name="Standings">Calls by what the provider thought of their key.</param>
/// <param name="Keys">What each accepted key used.</param>
internal sealed record ProviderState(
    long Calls,
    Dictionary<string, long> Outcomes,
    Dictionary<string, long> Standings,
    IReadOnlyList<KeyState> Keys,
    LatencyCurve Latency
);

internal sealed record KeyState(string Key, Plan Plan, long Calls, IReadOnlyList<WindowState> Windows);

internal sealed record WindowState(QuotaSpan Span, int Limit, int Used, DateTimeOffset Reset);

/// <summary><c>POST /admin/clock</c>: what is given is done, in this order.</summary>
internal sealed record ClockOrder
{
    /// <summary>Back to real time, running.</summary>
    public bool Reset { get; init; }

    public DateTimeOffset? Set { get; init; }

    public double? AdvanceSeconds { get; init; }

    public bool? Running { get; init; }
}

/// <summary><c>POST /admin/latency</c>.</summary>
internal sealed record LatencyOrder
{
    /// <summary>Factor for all providers; 0 answers at once.</summary>
    public double? Scale { get; init; }

    /// <summary>Curves by provider name; <see langword="null"/> leaves all as they are.</summary>
    public Dictionary<string, CurveOrder>? Providers { get; init; }
}

/// <summary>What is left out stays.</summary>
internal sealed record CurveOrder(double? MedianMs = null, double? Sigma = null, double? CapMs = null);

internal sealed record LatencyState(double Scale, Dictionary<string, LatencyCurve> Providers);

/// <summary><c>POST /admin/quotas</c>: what is given is done.</summary>
internal sealed record QuotaOrder
{
    public bool? Enforced { get; init; }

    /// <summary>What the good keys pay for.</summary>
    public Plan? GoodKeys { get; init; }

    /// <summary>Whose limits change; <see langword="null"/> for none.</summary>
    public string? Provider { get; init; }

    /// <summary>On which plan; <see langword="null"/> for both.</summary>
    public Plan? Plan { get; init; }

    /// <summary>The new limits; an empty list lifts them all.</summary>
    public QuotaLimit[]? Limits { get; init; }

    /// <summary>Empties all windows.</summary>
    public bool Forget { get; init; }
}

internal sealed record QuotaState(bool Enforced, Plan GoodKeys, Dictionary<string, Dictionary<string, QuotaLimit[]>> Limits);

/// <summary><c>POST /admin/keys</c>.</summary>
/// <param name="Provider"><see langword="null"/> or <c>*</c> for all providers.</param>
/// <param name="Secret">The second part of a key; <see langword="null"/> accepts any.</param>
internal sealed record KeyOrder(string Key, string? Provider = null, string? Secret = null, KeyStanding Standing = KeyStanding.Good);

internal sealed record CallLine(
    long Number,
    DateTimeOffset At,
    string Provider,
    string Symbols,
    string? Key,
    int Status,
    CallOutcome Outcome,
    string? Fault,
    double HeldMs
);

/// <param name="Total">Calls since the start or the last clearing.</param>
internal sealed record CallPage(long Total, IReadOnlyList<CallLine> Calls);

/// <inheritdoc cref="Lap.ReadAndReset"/>
internal sealed record LapReading(long Calls, double LongestMs, double SpanMs);

internal sealed record ShapeLine(string Name, string Meaning);

/// <param name="Unit">Of the prices as the venue writes them: <c>GBX</c> is pence.</param>
/// <param name="Spellings">By provider, the usual one first; a provider that does not list it is missing.</param>
internal sealed record InstrumentLine(string Symbol, string Venue, string Name, string Unit, Dictionary<string, List<string>> Spellings);

internal sealed record AdminError(string Error);
