using System.Text.Json.Serialization;

namespace Quorum.Functions.Quotes;

/// <summary>The inputs and outputs of our orchestrators and activities, as history keeps them.</summary>
[JsonSerializable(typeof(AggregateQuoteInput))]
[JsonSerializable(typeof(FetchQuoteInput))]
[JsonSerializable(typeof(LoadReferenceInput))]
[JsonSerializable(typeof(PublishQuoteInput))]
[JsonSerializable(typeof(QuoteSummary))]
[JsonSerializable(typeof(int))] // AggregateQuote.AgreeEvent
internal sealed partial class DurableJson : JsonSerializerContext;
