using System.Text.Json.Serialization;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Consumers;

/// <summary>A consumer of the API, without its key.</summary>
/// <param name="Name">The name of its usage and batches.</param>
/// <param name="PerSecond">Provider calls allowed in a second; <see langword="null"/> for no limit.</param>
/// <param name="PerMinute">Provider calls allowed in a minute; <see langword="null"/> for no limit.</param>
/// <param name="PerDay">Provider calls allowed in a UTC day; <see langword="null"/> for no limit.</param>
/// <param name="Providers">The providers that it may ask; <see langword="null"/> for all.</param>
/// <param name="CreatedAt">UTC.</param>
internal sealed record ConsumerDocument(
    string Name,
    int? PerSecond,
    int? PerMinute,
    int? PerDay,
    IReadOnlyList<ProviderId>? Providers,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt
)
{
    /// <summary>The key for the header <c>x-quorum-key</c>: only in the answer that created it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    public static ConsumerDocument Of(Consumer consumer) =>
        new(consumer.Name, consumer.PerSecond, consumer.PerMinute, consumer.PerDay, consumer.Providers, consumer.CreatedAt);
}

/// <summary>The consumers, ordered by name.</summary>
internal sealed record ConsumerList(IReadOnlyList<ConsumerDocument> Items);

/// <summary>The use of the API on one UTC day.</summary>
/// <param name="Date">The day, UTC.</param>
/// <param name="Items">The caller's own usage; for the master key that of all consumers.</param>
internal sealed record UsageList(DateOnly Date, IReadOnlyList<UsageDocument> Items);

/// <summary>The use of the API by one consumer.</summary>
/// <param name="Consumer">The name; <see langword="null"/> for callers without a consumer's key.</param>
/// <param name="Calls">Requests for data.</param>
/// <param name="ProviderCalls">Calls to providers that they caused.</param>
/// <param name="Refusals">Requests, or symbols of a request, refused because of the consumer's limits or providers.</param>
/// <param name="PerSecond">Provider calls allowed in a second; <see langword="null"/> for no limit.</param>
/// <param name="PerMinute">Provider calls allowed in a minute; <see langword="null"/> for no limit.</param>
/// <param name="PerDay">Provider calls allowed in a UTC day; <see langword="null"/> for no limit.</param>
internal sealed record UsageDocument(
    string? Consumer,
    long Calls,
    long ProviderCalls,
    long Refusals,
    int? PerSecond,
    int? PerMinute,
    int? PerDay
)
{
    public static UsageDocument Of(ConsumerAccount account)
    {
        var usage = account.Usage;
        return new UsageDocument(
            account.Consumer?.Name,
            usage.Calls,
            usage.ProviderCalls,
            usage.Refusals,
            account.Consumer?.PerSecond,
            account.Consumer?.PerMinute,
            account.Consumer?.PerDay
        );
    }
}
