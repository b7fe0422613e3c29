using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Traces;

/// <summary><c>GET traces/{traceId}</c>: the spans of a request that asked the providers.</summary>
public sealed class GetTrace(TraceStore traces, QuoteStore quotes, TraceReader reader)
{
    private const int TraceIdLength = 32;

    [Function(nameof(GetTrace))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "traces/{traceId}")] HttpRequestData request,
        string traceId,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        parameters.AllowOnly();
        parameters.RefuseBody(request);
        if (parameters.Faults.Count > 0)
        {
            return await request.RespondAsync(parameters.Faults, cancellationToken);
        }

        return await request.WithStorageAsync(
            async () =>
            {
                var isOne = traceId.Length == TraceIdLength && traceId.All(char.IsAsciiHexDigit);
                if (!isOne || await traces.FindAsync(traceId.ToLowerInvariant(), cancellationToken) is not { } trace)
                {
                    return await request.RespondAsync(Unknown(request.TraceId()), cancellationToken);
                }

                var starter = trace.Waterfall is null ? await traces.FindOfInstanceAsync(trace.InstanceId, cancellationToken) : trace;
                var published = await quotes.FindMergeAsync(trace.InstanceId, cancellationToken);
                return await request.RespondTaggedAsync(
                    ApiJson.Write(DocumentOf(trace, starter, published, request.Url.AbsolutePath), HttpJson.Default.TraceDocument),
                    cancellationToken
                );
            },
            cancellationToken
        );
    }

    /// <param name="starter">That of the request that started the instance; <see langword="null"/> when it is not kept.</param>
    /// <param name="path">Of this request, below the prefix that all calls have.</param>
    private TraceDocument DocumentOf(StoredTrace trace, StoredTrace? starter, PublishedQuote? published, string path)
    {
        var prefix = path[..(path.LastIndexOf("/traces/", StringComparison.OrdinalIgnoreCase) + 1)];
        return new TraceDocument(
            trace.TraceId,
            trace.Symbol,
            published?.InstanceId,
            trace.InstanceId,
            published is null ? null : $"{prefix}quotes/{trace.Symbol}/history/{Uri.EscapeDataString(published.InstanceId)}",
            starter is null ? null : reader.WaterfallOf(starter, published)
        );
    }

    private static Problem Unknown(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:unknown-trace",
            Title = "Unknown trace",
            Status = HttpStatusCode.NotFound,
            Detail =
                "No spans are kept of this trace: they are stored a second after the answer, only of requests that asked the providers, and until their retention ends.",
            TraceId = traceId,
        };
}
