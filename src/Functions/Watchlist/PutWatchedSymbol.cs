using System.Net;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Options;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Functions.Prefetch;
using Quorum.Storage;

namespace Quorum.Functions.Watchlist;

/// <summary><c>PUT watchlist/{symbol}</c>: has a symbol kept warm. Putting it again changes its age, or nothing.</summary>
public sealed class PutWatchedSymbol(
    WatchlistStore watchlist,
    RefreshForecasts forecasts,
    InstrumentCatalogue catalogue,
    TimeProvider time,
    IOptions<PrefetchOptions> options
)
{
    public const int MaxBodyBytes = 1024;
    public const int LowestMaxAge = 1,
        HighestMaxAge = 86_400,
        DefaultMaxAge = 5;

    private const string MaxAge = "maxAge";

    [Function(nameof(PutWatchedSymbol))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "watchlist/{symbol}")] HttpRequestData request,
        string symbol,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        var asked = parameters.Symbol("symbol", symbol, catalogue);
        parameters.AllowOnly();
        if (await JsonBody.ReadAsync(request, MaxBodyBytes, cancellationToken) is not { } body)
        {
            return await request.RespondAsync(RequestProblems.BodyTooLarge(MaxBodyBytes, request.TraceId()), cancellationToken);
        }

        var maxAge = body.IsEmpty ? DefaultMaxAge : ReadMaxAge(body, parameters);
        if (parameters.Faults.Count > 0)
        {
            return await request.RespondAsync(parameters.Faults, cancellationToken);
        }

        var caller = Caller.Of(request);
        if (!caller.Providers.IsAll) // A refresh asks every provider.
        {
            return await request.RespondAsync(
                caller.Refuse(ConsumerProblems.ProviderNotAllowed(caller, request.TraceId())),
                cancellationToken
            );
        }

        return await request.WithStorageAsync(
            async () =>
            {
                var limits = new WatchlistLimits(options.Value.LargestWatchlist, options.Value.LargestConsumerWatchlist);
                return
                    await watchlist.SaveAsync(
                        asked,
                        caller.Owner,
                        TimeSpan.FromSeconds(maxAge),
                        limits,
                        time.GetUtcNow(),
                        cancellationToken
                    )
                        is var (entry, added)
                    ? await RespondAsync(
                        request,
                        WatchedSymbol.Of(entry, (await forecasts.OfAsync([entry], cancellationToken))[0], catalogue),
                        added,
                        cancellationToken
                    )
                    : await request.RespondAsync(WatchlistProblems.Full(caller.Owner, limits, request.TraceId()), cancellationToken);
            },
            cancellationToken
        );
    }

    private static int ReadMaxAge(ReadOnlyMemory<byte> body, QueryParameters parameters)
    {
        var maxAge = DefaultMaxAge;
        if (JsonBody.ParseObject(body, parameters) is { } given)
        {
            foreach (var member in given.EnumerateObject())
            {
                if (member.Name != MaxAge)
                {
                    parameters.Refuse(member.Name, null, $"must be left out: the body has the member {MaxAge}");
                }
                else if (
                    member.Value.ValueKind is not JsonValueKind.Number
                    || !member.Value.TryGetInt32(out maxAge)
                    || maxAge is < LowestMaxAge or > HighestMaxAge
                )
                {
                    parameters.Refuse(
                        MaxAge,
                        member.Value.GetRawText(),
                        $"must be a whole number of seconds from {LowestMaxAge} to {HighestMaxAge}"
                    );
                }
            }
        }

        return maxAge;
    }

    private static async Task<HttpResponseData> RespondAsync(
        HttpRequestData request,
        WatchedSymbol watched,
        bool added,
        CancellationToken cancellationToken
    )
    {
        var response = request.CreateResponse(added ? HttpStatusCode.Created : HttpStatusCode.OK);
        if (added)
        {
            response.Headers.Add(
                "Location",
                new Uri(request.Url, Uri.EscapeDataString(watched.Symbol.ToString())).GetLeftPart(UriPartial.Path)
            );
        }

        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        response.Headers.Add("Cache-Control", "no-store");
        await response.Body.WriteAsync(ApiJson.Write(watched, HttpJson.Default.WatchedSymbol), cancellationToken);
        return response;
    }
}
