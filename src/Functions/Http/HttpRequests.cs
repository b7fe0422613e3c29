using Microsoft.Azure.Functions.Worker.Http;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Http;

/// <summary>Reads properties of a request beyond its route and query.</summary>
internal static class HttpRequests
{
    public static bool HasBody(this HttpRequestData request) =>
        (request.Headers.TryGetValues("Content-Length", out var length) && !length.All(value => value == "0"))
        || request.Headers.Contains("Transfer-Encoding");

    /// <summary>The symbol in the route of a request that says nothing else: it takes neither parameters nor a body.</summary>
    public static bool TryReadSymbol(
        this HttpRequestData request,
        string text,
        InstrumentCatalogue catalogue,
        out Symbol symbol,
        out IReadOnlyList<InvalidParameter> faults
    )
    {
        var parameters = new QueryParameters(request.Query);
        symbol = parameters.Symbol("symbol", text, catalogue);
        parameters.AllowOnly();
        parameters.RefuseBody(request);
        faults = parameters.Faults;
        return faults.Count == 0;
    }

    /// <summary>The caller holds the representation with this strong entity tag already (RFC 9110, 13.1.2: compared weakly).</summary>
    public static bool Holds(this HttpRequestData request, string entityTag)
    {
        if (!request.Headers.TryGetValues("If-None-Match", out var values))
        {
            return false;
        }

        foreach (var value in values)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                var tag = value.AsSpan()[range].Trim();
                if (tag is "*" || (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).SequenceEqual(entityTag))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
