namespace Quorum.Providers;

/// <summary>One provider's settings, from <c>Providers:Finnhub</c>, <c>Providers:AlphaVantage</c> and so on.
/// Durations are written <c>00:00:02.5</c>.</summary>
public sealed class ProviderOptions
{
    /// <summary>The name of the configuration section that holds one section per provider.</summary>
    public const string Section = "Providers";

    /// <summary>
    /// The beginning of the provider's documented paths: an absolute http or https address, with or without a path prefix and a trailing
    /// slash. Default: the real service.
    /// </summary>
    public string? BaseAddress { get; set; }

    /// <summary>The account's key. A secret: it is sent to the provider, and written nowhere.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The second half of the key, where the provider has one (Alpaca). A secret.</summary>
    public string? ApiSecret { get; set; }

    /// <summary>True if the provider is called. Default: true if it has a key, or an address other than the real service's.</summary>
    public bool? Enabled { get; set; }

    /// <summary>True if the address is a simulator's: its quotes are marked as simulated, and never stand in for real ones. Default
    /// false.</summary>
    public bool Simulated { get; set; }

    /// <summary>The account's plan by the provider's name for it, in any case: it decides which endpoint or feed is asked and how fresh the
    /// answers are. Each adapter names its plans and the one assumed when this is missing.</summary>
    public string? Plan { get; set; }

    /// <summary>Calls that the plan allows.</summary>
    public QuotaOptions Quota { get; set; } = new();

    /// <summary>The circuit breaker of the provider.</summary>
    public CircuitBreakerOptions CircuitBreaker { get; set; } = new();

    /// <summary>The retries of failed requests.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>The timeout for opening a connection, TLS included. Default 2 s; 10 ms to 1 minute.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The timeout of one request while the caller's deadline leaves time for another. Default 3 s; 10 ms to 1 minute. A request in flight
    /// at the deadline is limited by <see cref="BackgroundLimit"/> alone.
    /// </summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The maximum duration of a fetch that continues in the background after its deadline, from its start. Default 5 s; at most 5 minutes;
    /// 0 ends it at the deadline.
    /// </summary>
    public TimeSpan BackgroundLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The maximum number of fetches in the background at a time; further ones end at their deadline. Default 128; at least 0.
    /// </summary>
    public int MaxBackgroundCalls { get; set; } = 128;

    /// <summary>Requests under way at a time, those in the background included; one beyond that waits for its turn until its deadline.
    /// Default 256; at least 1.</summary>
    public int MaxConcurrentCalls { get; set; } = 256;

    /// <summary>Connections open at a time. Default 256; at least 1.</summary>
    public int MaxConnections { get; set; } = 256;

    /// <summary>The lifetime of a connection; a new one resolves the name again. Default 5 minutes; 1 second to 1 day.</summary>
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The largest body read, after decompression, in bytes. Default 1 MiB; 1 KiB to 64 MiB.</summary>
    public int MaxResponseBytes { get; set; } = 1024 * 1024;

    /// <summary>Lifetime of a remembered answer that the provider does not know a symbol: until its end the symbol costs no further call of
    /// this process. Symbols of the reference data are asked for all the same. Default 5 minutes; at most 1 day; 0 remembers
    /// none.</summary>
    public TimeSpan UnknownSymbolLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>True to use the proxy that the environment names (<c>HTTPS_PROXY</c>). Default false.</summary>
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
