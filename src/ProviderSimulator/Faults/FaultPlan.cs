namespace Quorum.ProviderSimulator;

/// <summary>The combined faults that apply to one call. Of two that contradict each other the later one wins.</summary>
internal sealed record FaultPlan
{
    public static FaultPlan None { get; } = new();

    private static readonly Fault Blocked = new(
        FaultKind.Status,
        Status: StatusCodes.Status403Forbidden,
        Body: Pages.Blocked,
        ContentType: Reply.Html
    )
    {
        Headers = new() { ["Server"] = "cloudflare", ["cf-mitigated"] = "challenge" },
    };

    /// <summary>The kinds, for the call log; <see langword="null"/> without faults.</summary>
    public string? Name { get; init; }

    public bool Refused { get; init; }
    public bool Hangs { get; init; }
    public int HeaderDelayMs { get; init; }
    public (int Bytes, int Ms)? Drip { get; init; }
    public bool ResetInBody { get; init; }
    public Fault? Status { get; init; }
    public bool Html { get; init; }
    public bool Truncated { get; init; }
    public bool Empty { get; init; }
    public long PaddingBytes { get; init; }
    public SchemaDrift Drift { get; init; }
    public TimeSpan Age { get; init; }
    public DateTimeOffset? FrozenAt { get; init; }
    public decimal Factor { get; init; } = 1;
    public string? Currency { get; init; }
    public Fault? BadNumbers { get; init; }
    public bool NoUnit { get; init; }
    public Fault? Foreign { get; init; }
    public decimal PreviousFactor { get; init; } = 1;
    public decimal LastFactor { get; init; } = 1;
    public TimeUnit? TimeUnit { get; init; }
    public DateTimeOffset? StuckAt { get; init; }
    public bool FloatNoise { get; init; }
    public bool CrossedBook { get; init; }
    public bool StubBook { get; init; }
    public string? Shape { get; init; }

    /// <summary>True if the body is written into memory as usual and then sent in an unusual way.</summary>
    public bool TouchesDelivery => Drip is not null || ResetInBody || Truncated || Empty || PaddingBytes > 0 || Html;

    /// <param name="switchedOnAt">The time at which the fault was switched on, on the simulated clock.</param>
    public FaultPlan With(Fault fault, DateTimeOffset switchedOnAt)
    {
        var kind = System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(fault.Kind.ToString());
        var plan = this with { Name = Name is null ? kind : $"{Name}+{kind}" };
        return fault.Kind switch
        {
            FaultKind.Refused => plan with { Refused = true },
            FaultKind.Hang => plan with { Hangs = true },
            FaultKind.SlowHeaders => plan with { HeaderDelayMs = plan.HeaderDelayMs + fault.Ms },
            FaultKind.DrippedBody => plan with { Drip = ((int)(fault.Bytes ?? 1), fault.Ms) },
            FaultKind.Reset => plan with { ResetInBody = true },
            FaultKind.Status => plan with { Status = fault },
            FaultKind.Html => plan with { Html = true },
            FaultKind.Truncated => plan with { Truncated = true },
            FaultKind.Empty => plan with { Empty = true },
            FaultKind.Drift => plan with { Drift = fault.Drift },
            FaultKind.Oversized => plan with { PaddingBytes = fault.Bytes ?? 16L << 20 },
            FaultKind.Stale => plan with { Age = TimeSpan.FromSeconds(fault.Seconds) },
            FaultKind.Frozen => plan with { FrozenAt = switchedOnAt },
            FaultKind.WrongPrice => plan with { Factor = plan.Factor * fault.Factor },
            FaultKind.WrongCurrency => plan with { Factor = plan.Factor * fault.Factor, Currency = fault.Currency },
            FaultKind.BadNumbers => plan with { BadNumbers = fault },
            FaultKind.NoUnit => plan with { NoUnit = true },
            FaultKind.ForeignListing => plan with { Foreign = fault, Factor = plan.Factor * fault.Factor },
            FaultKind.SplitMorning => plan with { PreviousFactor = fault.Factor },
            FaultKind.TimeUnit => plan with { TimeUnit = fault.Unit },
            FaultKind.BlockPage => plan with { Status = Blocked },
            FaultKind.Stuck => plan with { StuckAt = switchedOnAt - TimeSpan.FromSeconds(fault.Seconds) },
            FaultKind.DoubledPrice => plan with { LastFactor = 2 },
            FaultKind.FloatNoise => plan with { FloatNoise = true },
            FaultKind.CrossedBook => plan with { CrossedBook = true },
            FaultKind.StubBook => plan with { StubBook = true },
            FaultKind.Shape => plan with { Shape = fault.Shape },
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "No such kind of fault."),
        };
    }
}
