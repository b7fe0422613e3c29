namespace Quorum.ProviderSimulator;

/// <summary>The active faults.</summary>
internal sealed class FaultSwitch(TimeProvider real, TimeProvider simulated, ulong seed)
{
    private readonly Lock _gate = new();
    private readonly ulong _seed = Noise.Bits(seed, 2, 0);
    private Active[] _active = [];
    private int _lastId;
    private long _draws;

    public IReadOnlyList<Fault> All => [.. Volatile.Read(ref _active).Where(IsAlive).Select(active => active.Shown)];

    public Fault Add(Fault fault)
    {
        lock (_gate)
        {
            var numbered = fault with { Id = ++_lastId };
            var until = fault.ForSeconds is { } seconds ? real.GetTimestamp() + (long)(seconds * real.TimestampFrequency) : long.MaxValue;
            _active = [.. _active.Where(IsAlive), new Active(numbered, simulated.GetUtcNow(), until)];
            return numbered;
        }
    }

    /// <returns>The number of faults that were switched off.</returns>
    public int Remove(Func<Fault, bool> which)
    {
        lock (_gate)
        {
            var before = _active.Length;
            _active = [.. _active.Where(active => !which(active.Fault))];
            return before - _active.Length;
        }
    }

    /// <summary>Switches all faults off, and begins the draws of probabilities anew.</summary>
    public void Reset()
    {
        Remove(_ => true);
        Volatile.Write(ref _draws, 0);
    }

    /// <summary>Returns the faults of the call that is starting, and counts it against faults that affect a number of calls.</summary>
    /// <param name="symbols">The requested symbols, separated by commas.</param>
    public FaultPlan Next(Provider provider, string? symbols)
    {
        var active = Volatile.Read(ref _active);
        if (active.Length == 0)
        {
            return FaultPlan.None;
        }

        var plan = FaultPlan.None;
        foreach (var candidate in active)
        {
            if (candidate.Hits(provider, symbols) && IsAlive(candidate) && Draw(candidate.Fault.Probability) && candidate.Use())
            {
                plan = plan.With(candidate.Fault, candidate.Since);
            }
        }

        return plan;
    }

    private bool IsAlive(Active active) => active.Left > 0 && real.GetTimestamp() < active.Until;

    private bool Draw(double probability) => probability >= 1 || Noise.Unit(_seed, Interlocked.Increment(ref _draws), 0) < probability;

    private sealed class Active(Fault fault, DateTimeOffset since, long until)
    {
        private int _left = fault.Count ?? int.MaxValue;

        public Fault Fault { get; } = fault;

        public DateTimeOffset Since { get; } = since;

        public long Until { get; } = until;

        public int Left => Volatile.Read(ref _left);

        /// <summary>The fault with its remaining number of calls.</summary>
        public Fault Shown => Fault.Count is null ? Fault : Fault with { Count = Left };

        public bool Hits(Provider provider, string? symbols) =>
            (Fault.Provider is null or "*" || Fault.Provider == provider.Name()) && (Fault.Symbol is null || Asks(symbols, Fault.Symbol));

        public bool Use() => Fault.Count is null || Interlocked.Decrement(ref _left) >= 0;

        private static bool Asks(ReadOnlySpan<char> symbols, string symbol)
        {
            foreach (var range in symbols.Split(','))
            {
                if (symbols[range].Equals(symbol, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
