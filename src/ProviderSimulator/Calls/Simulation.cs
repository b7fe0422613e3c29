namespace Quorum.ProviderSimulator;

/// <summary>The simulated world: one market, six providers, and everything that can be switched at run time.</summary>
internal sealed class Simulation
{
    public Simulation(SimulatorOptions options, TimeProvider real)
    {
        (Options, RealTime) = (options, real);
        Plan = options.Plan;
        Clock = new SimulatedClock(real);
        Market = new Market(options.Seed, options.Hours);
        Latency = new LatencyModel(options.Seed, options.Scale);
        Quotas = new QuotaBook(options.EnforceQuotas);
        Faults = new FaultSwitch(real, Clock, options.Seed);
        // In the order of the enumeration, whose values index the array.
        Providers =
        [
            new FinnhubWire(Market),
            new AlphaVantageWire(Market),
            new TwelveDataWire(Market),
            new MassiveWire(Market),
            new AlpacaWire(Market),
            new EodhdWire(Market),
        ];
        AddGoodKeys();
    }

    public SimulatorOptions Options { get; }

    /// <summary>The clock for waits and fault durations.</summary>
    public TimeProvider RealTime { get; }

    /// <summary>The plan of the good keys.</summary>
    public Plan Plan { get; set; }

    public SimulatedClock Clock { get; }

    public Market Market { get; }

    public IReadOnlyList<IProviderWire> Providers { get; }

    public Keyring Keys { get; } = new();

    public QuotaBook Quotas { get; }

    public LatencyModel Latency { get; }

    public FaultSwitch Faults { get; }

    public CallLog Calls { get; } = new();

    public Lap Lap { get; } = new();

    /// <summary>Restores the state of the start.</summary>
    public void Reset()
    {
        Plan = Options.Plan;
        Clock.Reset();
        Keys.Reset();
        AddGoodKeys();
        Quotas.Enforced = Options.EnforceQuotas;
        Quotas.RestoreLimits();
        Latency.Reset(Options.Scale);
        Faults.Reset();
        Calls.Clear();
        Lap.ReadAndReset();
    }

    private void AddGoodKeys()
    {
        foreach (var key in Options.Keys)
        {
            Keys.Add(key.Provider, key.Key, key.Secret, KeyStanding.Good);
        }
    }
}
