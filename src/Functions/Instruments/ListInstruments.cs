using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Instruments;

/// <summary><c>GET instruments</c>: the reference data, searched, ordered by symbol.</summary>
public sealed class ListInstruments(InstrumentCatalogue catalogue)
{
    public const int DefaultLimit = 100,
        MaxLimit = 1000,
        MaxTextLength = 64;

    [Function(nameof(ListInstruments))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "instruments")] HttpRequestData request,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        parameters.AllowOnly("q", "venue", "currency", "limit", "cursor");
        var filter = new InstrumentFilter(parameters.Text("q", MaxTextLength), ReadVenue(parameters), ReadCurrency(parameters));
        var limit = parameters.Limit(DefaultLimit, MaxLimit);
        var after = parameters.Cursor<Symbol>(Symbol.TryParse);
        parameters.RefuseBody(request);
        if (parameters.Faults.Count > 0)
        {
            return await request.RespondAsync(parameters.Faults, cancellationToken);
        }

        var found = catalogue.Search(filter, after, limit + 1);
        var page = Page.Of([.. found.Select(InstrumentDocument.Of)], limit, instrument => instrument.Symbol.ToString());
        return await request.RespondTaggedAsync(ApiJson.Write(page, HttpJson.Default.PageInstrumentDocument), cancellationToken);
    }

    private static Mic? ReadVenue(QueryParameters parameters)
    {
        if (parameters.Find("venue") is not { } text)
        {
            return null;
        }

        if (Mic.TryParse(text, out var mic) && Venue.Find(mic) is not null)
        {
            return mic;
        }

        parameters.Refuse("venue", text, "must be the ISO 10383 code of a venue that GET venues lists");
        return null;
    }

    private static CurrencyCode? ReadCurrency(QueryParameters parameters)
    {
        if (parameters.Find("currency") is not { } text)
        {
            return null;
        }

        if (CurrencyCode.TryParse(text.ToUpperInvariant(), out var currency))
        {
            return currency;
        }

        parameters.Refuse("currency", text, "must be an ISO 4217 code: three letters");
        return null;
    }
}
