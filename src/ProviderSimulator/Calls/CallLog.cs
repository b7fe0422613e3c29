namespace Quorum.ProviderSimulator;

/// <summary>One call that was answered or broken off.</summary>
/// <param name="Number">The number of the call; 1 is the first since the start or the last clearing.</param>
/// <param name="At">The time of arrival on the simulated clock.</param>
/// <param name="Key">The key; masked when it is read from the log.</param>
/// <param name="Status">HTTP status; 0 when the connection was broken before one was sent.</param>
/// <param name="Fault">The kinds of the faults that applied; <see langword="null"/> for none.</param>
/// <param name="HeldMs">The time from arrival to answer, milliseconds.</param>
internal readonly record struct LoggedCall(
    long Number,
    DateTimeOffset At,
    Provider Provider,
    string Symbols,
    string? Key,
    int Status,
    CallOutcome Outcome,
    string? Fault,
    double HeldMs
);

/// <summary>The log of calls: counters that never wrap, and the most recent calls one by one.</summary>
internal sealed class CallLog
{
    /// <summary>The maximum number of calls that are kept one by one.</summary>
    public const int Capacity = 1 << 15;

    private static readonly int Outcomes = Enum.GetValues<CallOutcome>().Length,
        Standings = Enum.GetValues<KeyStanding>().Length;

    private readonly Lock _gate = new();
    private readonly LoggedCall[] _calls = new LoggedCall[Capacity];
    private readonly long[] _byOutcome = new long[ProviderNames.Count * Outcomes],
        _byStanding = new long[ProviderNames.Count * Standings];
    private long _count;

    public void Add(in LoggedCall call, KeyStanding standing)
    {
        lock (_gate)
        {
            _byOutcome[((int)call.Provider * Outcomes) + (int)call.Outcome]++;
            _byStanding[((int)call.Provider * Standings) + (int)standing]++;
            _calls[_count++ % Capacity] = call with { Number = _count };
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            Array.Clear(_byOutcome);
            Array.Clear(_byStanding);
            Array.Clear(_calls);
            _count = 0;
        }
    }

    public long Count(Provider provider, CallOutcome outcome)
    {
        lock (_gate)
        {
            return _byOutcome[((int)provider * Outcomes) + (int)outcome];
        }
    }

    public long Count(Provider provider, KeyStanding standing)
    {
        lock (_gate)
        {
            return _byStanding[((int)provider * Standings) + (int)standing];
        }
    }

    /// <summary>Returns the newest calls that match, oldest first.</summary>
    public IReadOnlyList<LoggedCall> Last(int limit, Func<LoggedCall, bool> matches)
    {
        var found = new List<LoggedCall>();
        lock (_gate)
        {
            for (var number = _count; number > Math.Max(0, _count - Capacity) && found.Count < limit; number--)
            {
                var call = _calls[(number - 1) % Capacity];
                if (matches(call))
                {
                    found.Add(call);
                }
            }
        }

        found.Reverse();
        return found;
    }
}
