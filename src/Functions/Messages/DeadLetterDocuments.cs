using System.Text.Json.Serialization;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Messages;

/// <summary>A message that nothing could be made of.</summary>
/// <param name="Id">Identifies it.</param>
/// <param name="Queue">The queue where it was received.</param>
/// <param name="ReceivedAt">When it was received first, UTC.</param>
/// <param name="LastReceivedAt">When it was received last, UTC.</param>
/// <param name="Deliveries">The number of times that it was received.</param>
/// <param name="Reason">Why nothing could be made of it, as a sentence.</param>
/// <param name="Body">What it says, shortened, without control characters, and with whatever may be a key masked.</param>
/// <param name="CanRequeue">True if the message is kept, so that it can be put back: nothing in it may be a key.</param>
/// <param name="RequeuedAt">When it was last put back on its queue, UTC; <see langword="null"/> when it never was.</param>
internal sealed record DeadLetterDocument(
    string Id,
    string Queue,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset ReceivedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset LastReceivedAt,
    int Deliveries,
    string Reason,
    string Body,
    bool CanRequeue,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? RequeuedAt
)
{
    public static DeadLetterDocument Of(StoredDeadLetter letter) =>
        new(
            letter.Id.ToString(),
            letter.Id.Queue,
            letter.FirstSeenAt,
            letter.LastSeenAt,
            letter.Deliveries,
            letter.Reason,
            letter.Body,
            letter.Message is not null,
            letter.RequeuedAt
        );
}

/// <summary>A message that is put back on its queue.</summary>
/// <param name="Id">Of the dead letter. In its queue the message has a new id.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="RequeuedAt">UTC.</param>
internal sealed record RequeueDocument(
    string Id,
    string Queue,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset RequeuedAt
);
