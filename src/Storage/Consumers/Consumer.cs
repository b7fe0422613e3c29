using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>A caller of the API with a key and limits of its own.</summary>
public sealed record Consumer
{
    /// <summary>The name that usage and batches are kept under.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the key, in lower-case hexadecimal.</summary>
    public required string KeyHash { get; init; }

    /// <summary>Provider calls allowed in a second; <see langword="null"/> for no limit.</summary>
    public int? PerSecond { get; init; }

    /// <summary>Provider calls allowed in a minute; <see langword="null"/> for no limit.</summary>
    public int? PerMinute { get; init; }

    /// <summary>Provider calls allowed in a UTC day; <see langword="null"/> for no limit.</summary>
    public int? PerDay { get; init; }

    /// <summary>The providers that the consumer may ask; <see langword="null"/> for all.</summary>
    public IReadOnlyList<ProviderId>? Providers { get; init; }

    /// <summary>The time of creation, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The use of the API by one consumer on one day.</summary>
/// <param name="Consumer">The name; empty for callers without a key.</param>
/// <param name="Calls">Requests with the key.</param>
/// <param name="ProviderCalls">Calls to providers that they caused.</param>
/// <param name="Refusals">Requests refused because of the consumer's limits or providers.</param>
public readonly record struct ConsumerUsage(string Consumer, long Calls, long ProviderCalls, long Refusals);

/// <summary>The result of <see cref="ConsumerStore.CreateAsync"/>.</summary>
public enum ConsumerCreation
{
    Created,

    /// <summary>A consumer of this name exists.</summary>
    Exists,

    /// <summary>There are as many consumers as there may be.</summary>
    Full,
}
