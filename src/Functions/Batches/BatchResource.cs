using System.Globalization;
using System.Text.Json.Serialization;
using Quorum.Functions.Http;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>A batch as the API shows it.</summary>
internal sealed record BatchResource
{
    public required string BatchId { get; init; }

    /// <summary>The state: <c>accepted</c>, <c>running</c>, <c>completed</c> or <c>cancelled</c>.</summary>
    public required string State { get; init; }

    public required int Total { get; init; }

    /// <summary>Items with a quote.</summary>
    public required int Done { get; init; }

    public required int Failed { get; init; }

    public required int Cancelled { get; init; }

    /// <summary>Items that are no longer open, of all.</summary>
    public required double Percent { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset Created { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset? Started { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset? Finished { get; init; }

    /// <summary>In the answer to <c>POST</c>, when the batch had been sent before: from when its quotes are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }

    /// <summary>The entity tag, which changes with the batch.</summary>
    [JsonIgnore]
    public string EntityTag => $"\"{State}-{Done}-{Failed}-{Cancelled}\"";

    public static BatchResource Of(Batch batch) =>
        new()
        {
            BatchId = batch.Id,
            State = NameOf(batch.State),
            Total = batch.Total,
            Done = batch.Done,
            Failed = batch.Failed,
            Cancelled = batch.Cancelled,
            Percent = batch.Percent,
            Created = batch.CreatedAt,
            Started = batch.StartedAt,
            Finished = batch.FinishedAt,
        };

    /// <summary>With a note when the batch was started by an earlier request: its quotes are of then.</summary>
    public static BatchResource OfPosted(Batch batch) =>
        Of(batch) with
        {
            Note = batch switch
            {
                { State: BatchState.Accepted } => null,
                { FinishedAt: { } end } =>
                    $"This batch exists since {Time(batch.CreatedAt)}; its quotes are from then until {Time(end)}. Send another batchId for new ones.",
                _ => $"This batch exists since {Time(batch.CreatedAt)} and is under way. Send another batchId for new quotes.",
            },
        };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string NameOf(BatchState state) =>
        state switch
        {
            BatchState.Accepted => "accepted",
            BatchState.Running => "running",
            BatchState.Completed => "completed",
            BatchState.Cancelled => "cancelled",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No such state."),
        };
}

/// <summary>An item of a batch as the API shows it.</summary>
internal sealed record BatchItemResource
{
    /// <summary>Its place in the batch, from 1.</summary>
    public required int Ordinal { get; init; }

    /// <summary>The symbol as it was sent, shortened.</summary>
    public required string Given { get; init; }

    /// <summary>Canonical; null when what was sent is no symbol.</summary>
    public string? Symbol { get; init; }

    /// <summary>The status: <c>pending</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Of a failed item: stable, what a program decides by.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a failed item: the reason as a sentence.</summary>
    public string? Detail { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Of a done item: the consolidated quote, in the form of <c>GET quotes/{symbol}</c>; null also when it has been deleted
    /// since.</summary>
    public RawJson? Quote { get; init; }

    public static readonly IReadOnlyDictionary<string, BatchItemStatus> Statuses = new Dictionary<string, BatchItemStatus>(
        StringComparer.Ordinal
    )
    {
        ["pending"] = BatchItemStatus.Pending,
        ["done"] = BatchItemStatus.Done,
        ["failed"] = BatchItemStatus.Failed,
        ["cancelled"] = BatchItemStatus.Cancelled,
    };

    public static BatchItemResource Of(BatchItem item) =>
        new()
        {
            Ordinal = item.Ordinal,
            Given = item.Given,
            Symbol = item.Symbol,
            Status = Statuses.First(status => status.Value == item.Status).Key,
            Reason = item.Reason,
            Detail = item.Detail,
            Finished = item.FinishedAt,
            Quote = item.Quote is { } document ? new RawJson(document) : null,
        };
}

/// <summary>JSON of batches as the HTTP API writes it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(BatchResource))]
[JsonSerializable(typeof(Page<BatchResource>))]
[JsonSerializable(typeof(Page<BatchItemResource>))]
internal sealed partial class BatchHttpJson : JsonSerializerContext;
