using System.Globalization;

namespace Quorum.ProviderSimulator;

/// <summary>The readings that the admin endpoint shows.</summary>
internal sealed class AdminReadings(Simulation simulation)
{
    private const int UsualCallLimit = 1_000;

    public SimulatorState State()
    {
        var now = simulation.Clock.GetUtcNow();
        return new SimulatorState(
            new ClockState(now, simulation.Clock.IsRunning),
            simulation.Plan,
            simulation.Options.Hours,
            simulation.Options.Seed,
            simulation.Latency.Scale,
            ProviderNames.All.ToDictionary(provider => provider.Name(), provider => StateOf(provider, now)),
            simulation.Faults.All
        );
    }

    /// <summary>
    /// Returns the logged calls. The query filters by <c>provider</c>, <c>symbol</c>, <c>outcome</c>, <c>after</c> (a number) and
    /// <c>limit</c>.
    /// </summary>
    public CallPage Calls(HttpRequest request)
    {
        var provider = request.Find("provider") is { } name ? AdminOrders.Parse(name) : (Provider?)null;
        var symbol = request.Find("symbol");
        var outcome = request.Find("outcome") is { } word ? OutcomeOf(word) : (CallOutcome?)null;
        var after = NumberOf(request, "after", 0);
        var limit = (int)Math.Min(NumberOf(request, "limit", UsualCallLimit), CallLog.Capacity);
        var found = simulation.Calls.Last(
            limit,
            call =>
                call.Number > after
                && (provider is null || call.Provider == provider)
                && (symbol is null || call.Symbols.Split(',').Contains(symbol, StringComparer.OrdinalIgnoreCase))
                && (outcome is null || call.Outcome == outcome)
        );
        var total = ProviderNames.All.Sum(Total);
        return new CallPage(
            total,
            [
                .. found.Select(call => new CallLine(
                    call.Number,
                    call.At,
                    call.Provider.Name(),
                    call.Symbols,
                    KeyMask.Of(call.Key),
                    call.Status,
                    call.Outcome,
                    call.Fault,
                    Math.Round(call.HeldMs, 3)
                )),
            ]
        );
    }

    public Dictionary<string, List<ShapeLine>> Shapes() =>
        simulation.Providers.ToDictionary(
            wire => wire.Provider.Name(),
            wire => wire.Shapes.Values.Select(shape => new ShapeLine(shape.Name, shape.Meaning)).ToList()
        );

    public List<InstrumentLine> Instruments()
    {
        var spellings = simulation.Providers.ToDictionary(
            wire => wire.Provider,
            wire => wire.Listings.All.ToLookup(listed => listed.Instrument, listed => listed.Spelling)
        );
        return
        [
            .. simulation.Market.Instruments.Select(instrument => new InstrumentLine(
                instrument.Symbol,
                instrument.Venue.Mic,
                instrument.Name,
                instrument.Unit,
                spellings
                    .Where(entry => entry.Value.Contains(instrument))
                    .ToDictionary(entry => entry.Key.Name(), entry => entry.Value[instrument].ToList())
            )),
        ];
    }

    public LatencyState Latency() =>
        new(
            simulation.Latency.Scale,
            ProviderNames.All.ToDictionary(provider => provider.Name(), provider => simulation.Latency[provider])
        );

    public QuotaState Quotas() =>
        new(
            simulation.Quotas.Enforced,
            simulation.Plan,
            ProviderNames.All.ToDictionary(
                provider => provider.Name(),
                provider => Enum.GetValues<Plan>().ToDictionary(Kebab, plan => simulation.Quotas.LimitsOf(provider, plan))
            )
        );

    private ProviderState StateOf(Provider provider, DateTimeOffset now) =>
        new(
            Total(provider),
            Counts<CallOutcome>(outcome => simulation.Calls.Count(provider, outcome)),
            Counts<KeyStanding>(standing => simulation.Calls.Count(provider, standing)),
            [
                .. simulation
                    .Quotas.Keys()
                    .Where(key => key.Provider == provider)
                    .Select(key => new KeyState(
                        KeyMask.Of(key.Key)!, // an accepted key is present
                        key.Plan,
                        key.Quota.Calls,
                        [
                            .. key
                                .Quota.Read(now)
                                .Select(window => new WindowState(window.Limit.Span, window.Limit.Limit, window.Used, window.Reset)),
                        ]
                    )),
            ],
            simulation.Latency[provider]
        );

    private static CallOutcome OutcomeOf(string name)
    {
        foreach (var outcome in Enum.GetValues<CallOutcome>())
        {
            if (Kebab(outcome) == name)
            {
                return outcome;
            }
        }

        throw new FormatException($"outcome is '{name}'; there are: {string.Join(", ", Enum.GetValues<CallOutcome>().Select(Kebab))}.");
    }

    private static long NumberOf(HttpRequest request, string name, long usual) =>
        request.Find(name) is not { } text ? usual
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException($"{name} must be a whole number, not negative; got '{text}'.");

    private long Total(Provider provider) => Enum.GetValues<CallOutcome>().Sum(outcome => simulation.Calls.Count(provider, outcome));

    private static Dictionary<string, long> Counts<T>(Func<T, long> count)
        where T : struct, Enum =>
        Enum.GetValues<T>()
            .Select(value => (Name: Kebab(value), Count: count(value)))
            .Where(entry => entry.Count > 0)
            .ToDictionary(entry => entry.Name, entry => entry.Count);

    private static string Kebab<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
