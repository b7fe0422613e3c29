using System.Text.Json.Serialization;
using Quorum.Functions.Batches;
using Quorum.Functions.Prefetch;

namespace Quorum.Functions.Messages;

/// <summary>The messages of the app's queues as they are written; <see cref="VersionedMessage"/> reads them, to name every fault.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BatchMessageBody))]
[JsonSerializable(typeof(PrefetchMessageBody))]
internal sealed partial class QueueJson : JsonSerializerContext;
