using System.Text.Json.Serialization;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Messages;

/// <summary>A rejected message.</summary>
/// <param name="Id">Identifies it.</param>
/// <param name="Queue">The queue where it was received.</param>
/// <param name="ReceivedAt">The first delivery, UTC.</param>
/// <param name="LastReceivedAt">The last delivery, UTC.</param>
/// <param name="Deliveries">The number of deliveries.</param>
/// <param name="Reason">The reason of the rejection, as a sentence.</param>
/// <param name="Body">The content, shortened, without control characters, and with possible keys masked.</param>
/// <param name="CanRequeue">True if the message is kept, so that it can be requeued: nothing in it may be a key.</param>
/// <param name="RequeuedAt">The last requeue, UTC; <see langword="null"/> for none.</param>
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
