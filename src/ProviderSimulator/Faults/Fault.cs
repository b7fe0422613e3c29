namespace Quorum.ProviderSimulator;

/// <summary>One fault as the admin endpoint takes and shows it. What a kind does not use is ignored.</summary>
internal sealed record Fault
{
    /// <summary>Given by the simulator.</summary>
    public int Id { get; init; }

    /// <summary>A provider's name; <see langword="null"/> or <c>*</c> for all.</summary>
    public string? Provider { get; init; }

    /// <summary>Only calls that ask for this symbol, in the provider's spelling; <see langword="null"/> for all.</summary>
    public string? Symbol { get; init; }

    public required FaultKind Kind { get; init; }

    /// <summary>The share of calls that it hits, 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>How many calls it hits before it ends; <see langword="null"/> for no end.</summary>
    public int? Count { get; init; }

    /// <summary>How long it lives, in seconds of real time; <see langword="null"/> for no end.</summary>
    public double? ForSeconds { get; init; }

    /// <summary>Milliseconds: of <see cref="FaultKind.SlowHeaders"/>, or between two pieces of a dripped body.</summary>
    public int Ms { get; init; } = 1;

    /// <summary>Of one piece of a dripped body (1 if not given), or of an oversized one (16 MiB if not given).</summary>
    public long? Bytes { get; init; }

    /// <summary>HTTP status.</summary>
    public int Status { get; init; } = 500;

    /// <summary>The header <c>Retry-After</c> as it is sent: seconds, an HTTP date, or nonsense.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>More headers.</summary>
    public Dictionary<string, string>? Headers { get; init; }

    /// <summary>The body of a <see cref="FaultKind.Status"/>; <see langword="null"/> for the provider's own.</summary>
    public string? Body { get; init; }

    public string? ContentType { get; init; }

    /// <summary>Age of a stale quote, seconds.</summary>
    public double Seconds { get; init; } = 3_600;

    public decimal Factor { get; init; } = 0.9m;

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "EUR";

    /// <summary>What stands in place of a number: written as a JSON string, or with <see cref="Raw"/> as it is.</summary>
    public string Text { get; init; } = "NaN";

    public bool Raw { get; init; }

    public SchemaDrift Drift { get; init; } = SchemaDrift.Renamed;

    /// <summary>The name of one of the provider's shapes.</summary>
    public string? Shape { get; init; }
}
