namespace Quorum.Providers;

/// <summary>One provider's settings, from <c>Providers:Finnhub</c>, <c>Providers:AlphaVantage</c> and so on.
/// Durations are written <c>00:00:02.5</c>.</summary>
public sealed class ProviderOptions
{
    /// <summary>The name of the configuration section that holds one section per provider.</summary>
    public const string Section = "Providers";

    /// <summary>Where the provider's documented paths begin: an absolute http or https address, with a path prefix or none, a trailing
    /// slash or none. The real service when missing.</summary>
    public string? BaseAddress { get; set; }

    /// <summary>The account's key. A secret: it is sent to the provider, and written nowhere.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The second half of the key, where the provider has one (Alpaca). A secret.</summary>
    public string? ApiSecret { get; set; }

    /// <summary>Whether the provider is asked. When missing: if it has a key, or an address that is not the real service's.</summary>
    public bool? Enabled { get; set; }

    /// <summary>True if the address is a simulator's: its quotes are marked as simulated, and never stand in for real ones. Default
    /// false.</summary>
    public bool Simulated { get; set; }

    /// <summary>The account's plan by the provider's name for it, in any case: it decides which endpoint or feed is asked and how fresh the
    /// answers are. Each adapter names its plans and the one assumed when this is missing.</summary>
    public string? Plan { get; set; }

    /// <summary>Calls that the plan allows.</summary>
    public QuotaOptions Quota { get; set; } = new();

    /// <summary>When the provider is left alone for failing.</summary>
    public CircuitBreakerOptions CircuitBreaker { get; set; } = new();

    /// <summary>When a failed request is made again.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>How long a connection may take to open, TLS included. Default 2 s; 10 ms to 1 minute.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one request may take while the caller's deadline leaves room for another. Default 3 s; 10 ms to 1 minute. A
    /// request under way at the deadline is bounded by <see cref="BackgroundLimit"/> alone.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long after its start a fetch whose deadline has passed may go on in the background. Default 5 s;
    /// at most 5 minutes; 0 ends it at the deadline.</summary>
    public TimeSpan BackgroundLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many fetches may go on in the background at a time; one beyond that ends at its deadline. Default 128; at least
    /// 0.</summary>
    public int MaxBackgroundCalls { get; set; } = 128;

    /// <summary>Requests under way at a time, those in the background included; one beyond that waits for its turn until its deadline.
    /// Default 256; at least 1.</summary>
    public int MaxConcurrentCalls { get; set; } = 256;

    /// <summary>Connections open at a time. Default 256; at least 1.</summary>
    public int MaxConnections { get; set; } = 256;

    /// <summary>How long a connection is reused before a new one looks the name up again. Default 5 minutes; 1 second to 1 day.</summary>
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The largest body read, after decompression, in bytes. Default 1 MiB; 1 KiB to 64 MiB.</summary>
    public int MaxResponseBytes { get; set; } = 1024 * 1024;

    /// <summary>Lifetime of a remembered answer that the provider does not know a symbol: until its end the symbol costs no further call of
    /// this process. Symbols of the reference data are asked for all the same. Default 5 minutes; at most 1 day; 0 remembers
    /// none.</summary>
    public TimeSpan UnknownSymbolLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether the proxy that the environment names (<c>HTTPS_PROXY</c>) is used. Default no.</summary>
    public bool UseProxy { get; set; }
}

/// <summary>Calls that a plan allows in any second, minute and day, counted as the provider counts them: Twelve Data and EODHD count
/// symbols, the others requests. Each at least 1; when missing, what the plan allows by the provider's public word. A provider whose
/// <c>BaseAddress</c> is not the real service's, and whose <c>Plan</c> is not named, has no limit but those given here.</summary>
public sealed class QuotaOptions
{
    public int? PerSecond { get; set; }

    public int? PerMinute { get; set; }

    public int? PerDay { get; set; }

    /// <summary>The part of each window that only callers who wait may use: batches and prefetch stop short of it. Default 0.3; 0 to 1. Of
    /// a window so small that the part is less than one call nothing is kept.</summary>
    public double InteractiveReserve { get; set; } = 0.3;
}
