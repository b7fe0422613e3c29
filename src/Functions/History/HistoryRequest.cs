using System.Diagnostics.CodeAnalysis;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.History;

/// <summary>The validated parameters of <c>GET quotes/{symbol}/history</c>.</summary>
/// <param name="From">The earliest publication, inclusive.</param>
/// <param name="To">The latest publication, exclusive.</param>
/// <param name="Cursor">The end of the previous page; <see langword="null"/> for the first.</param>
internal sealed record HistoryRequest(Symbol Symbol, DateTimeOffset From, DateTimeOffset To, int Limit, HistoryCursor? Cursor)
{
    public const int DefaultLimit = 50,
        MaxLimit = 500;

    public static bool TryParse(
        string? symbol,
        HttpRequestData request,
        InstrumentCatalogue catalogue,
        [NotNullWhen(true)] out HistoryRequest? asked,
        out IReadOnlyList<InvalidParameter> faults
    )
    {
        var parameters = new QueryParameters(request.Query);
        var parsed = parameters.Symbol("symbol", symbol, catalogue);
        parameters.AllowOnly("from", "to", "limit", "cursor");
        var from = parameters.Moment("from") ?? DateTimeOffset.MinValue;
        var to = parameters.Moment("to") ?? DateTimeOffset.MaxValue;
        if (from >= to)
        {
            parameters.Refuse("from", parameters.Find("from"), "must be earlier than 'to'");
        }

        var limit = parameters.Limit(DefaultLimit, MaxLimit);
        var cursor = parameters.Cursor<HistoryCursor>(HistoryCursor.TryParse);
        parameters.RefuseBody(request);
        faults = parameters.Faults;
        asked = faults.Count > 0 ? null : new HistoryRequest(parsed, from, to, limit, cursor);
        return asked is not null;
    }
}
