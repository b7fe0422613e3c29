using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.Functions.Traces;
using Quorum.Storage;

namespace Quorum.Functions.History;

/// <summary><c>GET quotes/{symbol}/history/{id}</c>: a past quote, what it was made from, and the merge done again.</summary>
public sealed class GetQuoteRecord(QuoteStore store, TraceReader traces, InstrumentCatalogue catalogue)
{
    private const int MaxIdLength = 200;

    [Function(nameof(GetQuoteRecord))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "quotes/{symbol}/history/{id}")] HttpRequestData request,
        string symbol,
        string id,
        CancellationToken cancellationToken
    )
    {
        if (!request.TryReadSymbol(symbol, catalogue, out var asked, out var faults))
        {
            return await request.RespondAsync(faults, cancellationToken);
        }

        return await request.WithStorageAsync(
            async () =>
            {
                var published =
                    id.Length <= MaxIdLength && !id.Any(char.IsControl) ? await store.FindMergeAsync(id, cancellationToken) : null;
                if (published?.Symbol != asked)
                {
                    return await request.RespondAsync(Unknown(asked.ToString(), request.TraceId()), cancellationToken);
                }

                var record = QuoteRecord.Of(published, await traces.WaterfallOfAsync(published, cancellationToken));
                return await request.RespondTaggedAsync(ApiJson.Write(record, HttpJson.Default.QuoteRecord), cancellationToken);
            },
            cancellationToken
        );
    }

    private static Problem Unknown(string symbol, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:unknown-quote",
            Title = "Unknown quote",
            Status = HttpStatusCode.NotFound,
            Detail = $"No quote of {symbol} has this id, or its retention has ended.",
            TraceId = traceId,
        };
}
