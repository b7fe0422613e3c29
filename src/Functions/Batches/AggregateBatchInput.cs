using System.Text.Json.Serialization;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>
/// The input of an <see cref="AggregateBatch"/>; all else is in PostgreSQL. Kept in orchestration history: add members, never change them.
/// </summary>
/// <param name="TaskHub">The task hub of the orchestration; <see langword="null"/> if it is not known, and in older histories.</param>
public sealed record AggregateBatchInput(string BatchId, string? TaskHub = null);

/// <summary>
/// The progress of a batch: its orchestration's custom status and output. Kept in orchestration history: add members, never change them.
/// </summary>
public sealed record BatchProgress(int Total, int Done, int Failed, int Cancelled, double Percent)
{
    public static BatchProgress Of(Batch batch) => new(batch.Total, batch.Done, batch.Failed, batch.Cancelled, batch.Percent);
}

/// <summary>The next work of a batch. Kept in orchestration history: add members, never change them.</summary>
public sealed record BatchStep
{
    public required BatchProgress Progress { get; init; }

    /// <summary>Nothing: every item has its result, the batch is cancelled, or it is gone.</summary>
    public bool IsOver { get; init; }

    /// <summary>The places of the items to ask for now.</summary>
    public IReadOnlyList<int> Ordinals
    {
        get;
        init => field = value ?? [];
    } = []; // generated JSON readers pass null when it is missing

    /// <summary>The providers to call for them, by name: one that is added later must not appear in the replay of an old
    /// instance.</summary>
    public IReadOnlyList<ProviderTurn> Providers
    {
        get;
        init => field = value ?? [];
    } = []; // as above

    /// <summary>The time of the next check, UTC, when nothing is due yet.</summary>
    public DateTimeOffset? WaitUntil { get; init; }
}

/// <param name="Provider">The provider to call.</param>
/// <param name="WaitsForQuota">True if the batch waits while its quota is used up; if not, the items go without its answer.</param>
public sealed record ProviderTurn(ProviderId Provider, bool WaitsForQuota);

/// <summary>Kept in orchestration history: add members, never change them.</summary>
public sealed record FetchItemsInput(string BatchId, ProviderId Provider, IReadOnlyList<int> Ordinals, bool WaitsForQuota);

/// <summary>Kept in orchestration history: add members, never change them.</summary>
/// <param name="Answered">Items that the provider has been asked for by this run.</param>
/// <param name="RetryAt">When its quota allows to ask for the rest, UTC; <see langword="null"/> when every item has its answer.</param>
public sealed record FetchItemsResult(int Answered, DateTimeOffset? RetryAt);

/// <summary>Kept in orchestration history: add members, never change them.</summary>
public sealed record SettleItemsInput(string BatchId, IReadOnlyList<int> Ordinals)
{
    /// <summary>Items that a provider has yet to answer stay as they are: its quota is waited for.</summary>
    public bool OnlyAnswered { get; init; }
}

/// <summary>The inputs and outputs of a batch's orchestrator and activities, as history keeps them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(AggregateBatchInput))]
[JsonSerializable(typeof(BatchProgress))]
[JsonSerializable(typeof(BatchStep))]
[JsonSerializable(typeof(FetchItemsInput))]
[JsonSerializable(typeof(FetchItemsResult))]
[JsonSerializable(typeof(SettleItemsInput))]
internal sealed partial class BatchDurableJson : JsonSerializerContext;
