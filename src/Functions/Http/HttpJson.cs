using System.Text.Json.Serialization;
using Quorum.Functions.Consumers;
using Quorum.Functions.History;
using Quorum.Functions.Instruments;
using Quorum.Functions.Messages;
using Quorum.Functions.Orchestrations;
using Quorum.Functions.Providers;
using Quorum.Functions.Quotes;
using Quorum.Functions.Traces;
using Quorum.Functions.Venues;
using Quorum.Functions.Watchlist;
using Quorum.MarketData;

namespace Quorum.Functions.Http;

/// <summary>JSON as the HTTP API writes it: camel case, and a missing value is <c>null</c>, not absent.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(ConsolidatedQuote))]
[JsonSerializable(typeof(PendingQuote))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Page<InstrumentDocument>))]
[JsonSerializable(typeof(InstrumentDetails))]
[JsonSerializable(typeof(Page<WatchedSymbol>))]
[JsonSerializable(typeof(WatchedSymbol))]
[JsonSerializable(typeof(QuotePublication))]
[JsonSerializable(typeof(QuoteRecord))]
[JsonSerializable(typeof(TraceDocument))]
[JsonSerializable(typeof(ProviderList))]
[JsonSerializable(typeof(TimelineDocument))]
[JsonSerializable(typeof(VenueList))]
[JsonSerializable(typeof(Page<DeadLetterDocument>))]
[JsonSerializable(typeof(RequeueDocument))]
[JsonSerializable(typeof(FailedOrchestrationList))]
[JsonSerializable(typeof(ConsumerDocument))]
[JsonSerializable(typeof(ConsumerList))]
[JsonSerializable(typeof(UsageList))]
internal sealed partial class HttpJson : JsonSerializerContext;
