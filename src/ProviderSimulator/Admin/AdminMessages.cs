namespace Quorum.ProviderSimulator;

/// <summary>The answer to <c>GET /admin</c>.</summary>
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

/// <param name="Outcomes">Calls by outcome; outcomes that did not occur are left out.</param>
/// <param name="Standings">Calls by the standing of their key.</param>
/// <param name="Keys">The usage of each accepted key.</param>
internal sealed record ProviderState(
    long Calls,
    Dictionary<string, long> Outcomes,
    Dictionary<string, long> Standings,
    IReadOnlyList<KeyState> Keys,
    LatencyCurve Latency
);

internal sealed record KeyState(string Key, Plan Plan, long Calls, IReadOnlyList<WindowState> Windows);

internal sealed record WindowState(QuotaSpan Span, int Limit, int Used, DateTimeOffset Reset);

/// <summary>The body of <c>POST /admin/clock</c>. The members that are present are applied in this order.</summary>
internal sealed record ClockOrder
{
    /// <summary>True to return to real time, running.</summary>
    public bool Reset { get; init; }

    public DateTimeOffset? Set { get; init; }

    public double? AdvanceSeconds { get; init; }

    public bool? Running { get; init; }
}

/// <summary>The body of <c>POST /admin/latency</c>.</summary>
internal sealed record LatencyOrder
{
    /// <summary>The factor for the latency of all providers; 0 answers at once.</summary>
    public double? Scale { get; init; }

    /// <summary>Curves by provider name; <see langword="null"/> leaves all unchanged.</summary>
    public Dictionary<string, CurveOrder?>? Providers { get; init; }
}

/// <summary>A latency curve to set. Members that are left out keep their values.</summary>
internal sealed record CurveOrder(double? MedianMs = null, double? Sigma = null, double? CapMs = null);

internal sealed record LatencyState(double Scale, Dictionary<string, LatencyCurve> Providers);

/// <summary>The body of <c>POST /admin/quotas</c>. The members that are present are applied.</summary>
internal sealed record QuotaOrder
{
    public bool? Enforced { get; init; }

    /// <summary>The plan of the good keys.</summary>
    public Plan? GoodKeys { get; init; }

    /// <summary>The provider whose limits change; <see langword="null"/> or <c>*</c> for all.</summary>
    public string? Provider { get; init; }

    /// <summary>The plan whose limits change; <see langword="null"/> for both.</summary>
    public Plan? Plan { get; init; }

    /// <summary>The new limits; an empty list removes all limits.</summary>
    public QuotaLimit?[]? Limits { get; init; }

    /// <summary>True to empty all windows.</summary>
    public bool Forget { get; init; }
}

internal sealed record QuotaState(bool Enforced, Plan GoodKeys, Dictionary<string, Dictionary<string, QuotaLimit[]>> Limits);

/// <summary>The body of <c>POST /admin/keys</c>.</summary>
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

/// <param name="Total">The number of calls since the start or the last clearing.</param>
internal sealed record CallPage(long Total, IReadOnlyList<CallLine> Calls);

/// <inheritdoc cref="Lap.ReadAndReset"/>
internal sealed record LapReading(long Calls, double LongestMs, double SpanMs);

internal sealed record ShapeLine(string Name, string Meaning);

/// <param name="Unit">The unit of the prices as the venue writes them: <c>GBX</c> is pence.</param>
/// <param name="Spellings">The spellings by provider, the usual one first. A provider that does not list the instrument is missing.</param>
internal sealed record InstrumentLine(string Symbol, string Venue, string Name, string Unit, Dictionary<string, List<string>> Spellings);

internal sealed record AdminError(string Error);
