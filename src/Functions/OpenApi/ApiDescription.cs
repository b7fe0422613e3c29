using Quorum.Functions.Batches;
using Quorum.Functions.Console;
using Quorum.Functions.Consumers;
using Quorum.Functions.Docs;
using Quorum.Functions.Health;
using Quorum.Functions.History;
using Quorum.Functions.Instruments;
using Quorum.Functions.Messages;
using Quorum.Functions.Orchestrations;
using Quorum.Functions.Providers;
using Quorum.Functions.Quotes;
using Quorum.Functions.Traces;
using Quorum.Functions.Venues;
using Quorum.Functions.Watchlist;

namespace Quorum.Functions.OpenApi;

/// <summary>All that the API offers, in the order of the document.</summary>
internal static class ApiDescription
{
    public static IReadOnlyList<ApiOperation> Operations { get; } =
    [
        .. QuoteOperations.All,
        .. HistoryOperations.All,
        .. TraceOperations.All,
        .. BatchOperations.All,
        .. DeadLetterOperations.All,
        .. OrchestrationOperations.All,
        .. InstrumentOperations.All,
        .. VenueOperations.All,
        .. WatchlistOperations.All,
        .. ProviderOperations.All,
        .. ConsumerOperations.All,
        .. HealthOperations.All,
        .. OpenApiOperations.All,
        .. DocsOperations.All,
        .. ConsoleOperations.All,
    ];

    public static IEnumerable<ApiTag> Tags => Operations.Select(operation => operation.Tag).DistinctBy(tag => tag.Name);
}
