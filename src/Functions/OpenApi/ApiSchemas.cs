using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Quorum.Functions.Batches;
using Quorum.Functions.Consumers;
using Quorum.Functions.History;
using Quorum.Functions.Http;
using Quorum.Functions.Instruments;
using Quorum.Functions.Messages;
using Quorum.Functions.Orchestrations;
using Quorum.Functions.Providers;
using Quorum.Functions.Quotes;
using Quorum.Functions.Traces;
using Quorum.Functions.Venues;
using Quorum.Functions.Watchlist;
using Quorum.MarketData;

namespace Quorum.Functions.OpenApi;

/// <summary>JSON schemas of what the API writes, made from the contracts that write it and described by their documentation.</summary>
internal static class ApiSchemas
{
    /// <summary>The types that have a name in the document.</summary>
    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(Problem)] = "Problem",
        [typeof(InvalidParameter)] = "InvalidParameter",
        [typeof(QuoteAnswerDocument)] = "Quote",
        [typeof(QuoteListDocument)] = "QuoteList",
        [typeof(QuoteItemDocument)] = "QuoteItem",
        [typeof(SymbolProblemDocument)] = "SymbolProblem",
        [typeof(ConsolidatedQuote)] = "ConsolidatedQuote",
        [typeof(QuoteQuality)] = "QuoteQuality",
        [typeof(FieldProvenance)] = "FieldProvenance",
        [typeof(QuoteConversion)] = "Conversion",
        [typeof(ProviderResult)] = "ProviderResult",
        [typeof(ProviderQuote)] = "ProviderQuote",
        [typeof(PendingQuote)] = "PendingQuote",
        [typeof(HealthDocument)] = "Health",
        [typeof(HistoricalQuoteDocument)] = "HistoricalQuote",
        [typeof(Page<HistoricalQuoteDocument>)] = "HistoryPage",
        [typeof(QuoteRecord)] = "QuoteRecord",
        [typeof(MergeDocument)] = "Merge",
        [typeof(TraceDocument)] = "Trace",
        [typeof(WaterfallDocument)] = "Waterfall",
        [typeof(SpanDocument)] = "Span",
        [typeof(MergeOptions)] = "MergeOptions",
        [typeof(Instrument)] = "InstrumentRecord",
        [typeof(InstrumentDocument)] = "Instrument",
        [typeof(Page<InstrumentDocument>)] = "InstrumentPage",
        [typeof(InstrumentDetails)] = "InstrumentDetails",
        [typeof(InstrumentListing)] = "InstrumentListing",
        [typeof(Market)] = "Market",
        [typeof(MarketSession)] = "MarketSession",
        [typeof(VenueList)] = "VenueList",
        [typeof(VenueDocument)] = "Venue",
        [typeof(VenueSpelling)] = "VenueSpelling",
        [typeof(WatchedSymbol)] = "WatchedSymbol",
        [typeof(Page<WatchedSymbol>)] = "WatchlistPage",
        [typeof(ProviderList)] = "ProviderList",
        [typeof(ProviderDocument)] = "ProviderStatus",
        [typeof(RefusalDocument)] = "ProviderRefusal",
        [typeof(BreakerDocument)] = "Breaker",
        [typeof(QuotaDocument)] = "Quota",
        [typeof(QuotaWindowDocument)] = "QuotaWindow",
        [typeof(LatencyDocument)] = "Latency",
        [typeof(TimelineDocument)] = "ProviderTimeline",
        [typeof(TimelineBucketDocument)] = "ProviderTimelineBucket",
        [typeof(BreakerChangeDocument)] = "BreakerChange",
        [typeof(BatchResource)] = "Batch",
        [typeof(BatchItemResource)] = "BatchItem",
        [typeof(Page<BatchItemResource>)] = "BatchItemPage",
        [typeof(Page<BatchResource>)] = "BatchPage",
        [typeof(DeadLetterDocument)] = "DeadLetter",
        [typeof(Page<DeadLetterDocument>)] = "DeadLetterPage",
        [typeof(RequeueDocument)] = "Requeue",
        [typeof(FailedOrchestration)] = "FailedOrchestration",
        [typeof(FailedOrchestrationList)] = "FailedOrchestrationList",
        [typeof(ConsumerDocument)] = "Consumer",
        [typeof(ConsumerList)] = "ConsumerList",
        [typeof(UsageDocument)] = "Usage",
        [typeof(UsageList)] = "UsageList",
    };

    // The contracts of all our contexts; what is written by hand is described by plain records.
    private static readonly JsonSerializerOptions Options = new(HttpJson.Default.Options)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(HttpJson.Default, BatchHttpJson.Default, new DefaultJsonTypeInfoResolver()),
    };

    private static readonly JsonSchemaExporterOptions Exporting = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Transform,
    };

    /// <summary>A reference to the type's component.</summary>
    public static JsonObject Reference(Type type) => new() { ["$ref"] = $"#/components/schemas/{Names[type]}" };

    public static JsonObject Components()
    {
        var components = new JsonObject();
        foreach (var (type, name) in Names.OrderBy(entry => entry.Value, StringComparer.Ordinal))
        {
            components[name] = Export(type);
        }

        return components;
    }

    private static JsonObject Export(Type type)
    {
        var schema =
            type == typeof(QuoteAnswerDocument) ? Merge(Export(typeof(ConsolidatedQuote)), Plain(type))
            : type == typeof(HistoricalQuoteDocument) ? Merge(Export(typeof(ConsolidatedQuote)), Plain(typeof(QuotePublication)))
            : type == typeof(SymbolProblemDocument) ? Merge(Export(typeof(Problem)), Plain(type))
            : type == typeof(QuoteItemDocument)
                ? new JsonObject
                {
                    ["anyOf"] = new JsonArray(Reference(typeof(QuoteAnswerDocument)), Reference(typeof(SymbolProblemDocument))),
                }
            : type == typeof(ProviderQuote) ? WrittenByHand(type)
            : Plain(type);
        schema["description"] = CodeDocumentation.Of(type);
        return schema;
    }

    private static JsonObject Plain(Type type)
    {
        var schema = Options.GetJsonSchemaAsNode(type, Exporting).AsObject();
        if (schema["type"] is JsonArray) // A root is never null.
        {
            schema["type"] = "object";
        }

        // What the serializer may leave out is not required; all else always comes.
        if (schema["properties"] is JsonObject properties && Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } contract)
        {
            var always = contract
                .Properties.Where(property => properties.ContainsKey(property.Name) && !MayBeLeftOut(property))
                .Select(property => property.Name);
            schema["required"] = new JsonArray([.. always.Select(name => (JsonNode)name)]);
        }

        return schema;
    }

    private static bool MayBeLeftOut(JsonPropertyInfo property) =>
        property
            .AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true)
            .OfType<JsonIgnoreAttribute>()
            .Any(ignore => ignore.Condition is JsonIgnoreCondition.WhenWritingNull or JsonIgnoreCondition.WhenWritingDefault)
            is true;

    /// <summary>Of a type whose converter writes every property under its name in camel case.</summary>
    private static JsonObject WrittenByHand(Type type)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        var nullability = new System.Reflection.NullabilityInfoContext();
        foreach (var property in type.GetProperties())
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var isNullable = nullability.Create(property).ReadState is System.Reflection.NullabilityState.Nullable;
            var schema = Options.GetJsonSchemaAsNode(property.PropertyType, Exporting);
            if (schema is JsonObject { } one && !property.PropertyType.IsValueType)
            {
                one["type"] = isNullable ? new JsonArray("string", "null") : "string";
            }

            properties[name] = Describe(schema, property);
            if (property.Name is not (nameof(ProviderQuote.SingleVenue) or nameof(ProviderQuote.Simulated))) // written only where it holds
            {
                required.Add((JsonNode)name);
            }
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = required,
        };
    }

    private static JsonObject Merge(JsonObject one, JsonObject other)
    {
        foreach (var (name, schema) in other["properties"]!.AsObject()) // Objects have both.
        {
            one["properties"]!.AsObject()[name] = schema!.DeepClone();
        }

        foreach (var name in other["required"]!.AsArray())
        {
            one["required"]!.AsArray().Add(name!.DeepClone());
        }

        return one;
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var isNullable =
            type != context.TypeInfo.Type
            || (!type.IsValueType && context.PropertyInfo?.IsGetNullable is true)
            || (schema is JsonObject { } known && known["type"] is JsonArray types && types.Any(one => one?.ToString() == "null"));
        if (schema is JsonObject array && array["items"] is null && ElementOf(type) is { } element && Text(element) is { } items)
        {
            array["items"] = items; // the exporter leaves out items that a converter writes
        }

        if (schema is JsonObject number && Format(type) is { } format)
        {
            number["format"] = format;
        }

        var described =
            type == typeof(RawJson) ? OrNull(Reference(typeof(ConsolidatedQuote)), isNullable)
            : !context.Path.IsEmpty && Names.ContainsKey(type) ? OrNull(Reference(type), isNullable)
            : Text(type) is { } text ? WithNull(text, isNullable)
            : schema;
        return context.PropertyInfo?.AttributeProvider is System.Reflection.PropertyInfo property
            ? Describe(described, property)
            : described;
    }

    private static Type? ElementOf(Type type) =>
        type == typeof(string)
            ? null
            : type.GetInterfaces()
                .Append(type)
                .FirstOrDefault(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IEnumerable<>))
                ?.GetGenericArguments()[0];

    /// <summary>The format of a number, by the registry of OpenAPI (https://spec.openapis.org/registry/format/).</summary>
    private static string? Format(Type type) =>
        type == typeof(decimal) ? "decimal"
        : type == typeof(double) ? "double"
        : type == typeof(long) ? "int64"
        : type == typeof(int) ? "int32"
        : null;

    /// <summary>With what the code says of the property, which says more than its type does.</summary>
    private static JsonNode Describe(JsonNode schema, System.Reflection.PropertyInfo property)
    {
        if (schema is JsonObject members && CodeDocumentation.Of(property) is { } description)
        {
            members["description"] = description;
        }

        return schema;
    }

    /// <summary>The values that a converter of ours writes as text.</summary>
    private static JsonObject? Text(Type type) =>
        type == typeof(Symbol) ? new JsonObject { ["type"] = "string", ["examples"] = new JsonArray("AAPL", "VOD:XLON") }
        : type == typeof(Mic)
            ? new JsonObject
            {
                ["type"] = "string",
                ["pattern"] = "^[A-Z0-9]{4}$",
                ["description"] = "ISO 10383",
            }
        : type == typeof(CurrencyCode)
            ? new JsonObject
            {
                ["type"] = "string",
                ["pattern"] = "^[A-Z]{3}$",
                ["description"] = "ISO 4217",
            }
        : type == typeof(ProviderId)
            ? new JsonObject
            {
                ["type"] = "string",
                ["enum"] = new JsonArray([.. ProviderId.All.Select(provider => (JsonNode)provider.ToString())]),
            }
        : type == typeof(DateTimeOffset) ? new JsonObject { ["type"] = "string", ["format"] = "date-time" }
        : null;

    private static JsonObject OrNull(JsonObject schema, bool isNullable) =>
        isNullable ? new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) } : schema;

    private static JsonObject WithNull(JsonObject schema, bool isNullable)
    {
        if (isNullable)
        {
            schema["type"] = new JsonArray("string", "null");
            (schema["enum"] as JsonArray)?.Add((JsonNode?)null);
        }

        return schema;
    }
}
