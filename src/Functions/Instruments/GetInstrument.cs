using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Instruments;

/// <summary><c>GET instruments/{symbol}</c>: one instrument, who lists it under which name, and when it trades.</summary>
public sealed class GetInstrument(InstrumentCatalogue catalogue, ProviderListings listings, TimeProvider time)
{
    [Function(nameof(GetInstrument))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "instruments/{symbol}")] HttpRequestData request,
        string symbol,
        CancellationToken cancellationToken
    )
    {
        if (!request.TryReadSymbol(symbol, catalogue, out var asked, out var faults))
        {
            return await request.RespondAsync(faults, cancellationToken);
        }

        var details =
            catalogue.Find(asked) is { } instrument ? Describe(instrument)
            : CurrencyPair.Of(asked) is { } pair ? Describe(pair)
            : null;
        return details is not null
            ? await request.RespondTaggedAsync(ApiJson.Write(details, HttpJson.Default.InstrumentDetails), cancellationToken)
            : await request.RespondAsync(Unknown(asked, request.TraceId()), cancellationToken);
    }

    private InstrumentDetails Describe(Instrument instrument) =>
        new(
            instrument.Symbol,
            InstrumentKind.Listing,
            instrument.Name,
            instrument.Venue,
            instrument.Isin,
            Base: null,
            instrument.Currency,
            ListingsOf(instrument.Symbol),
            Venue.Find(instrument.Venue) is { } venue ? Market.At(venue, time.GetUtcNow()) : null
        );

    private InstrumentDetails Describe(CurrencyPair pair) =>
        new(
            pair.Symbol,
            InstrumentKind.Fx,
            pair.ToString(),
            Venue: null,
            Isin: null,
            pair.Base,
            pair.Quote,
            ListingsOf(pair.Symbol),
            Market: null
        );

    private IReadOnlyList<InstrumentListing> ListingsOf(Symbol symbol) =>
        [
            .. ProviderId
                .All.Select(provider => listings.Find(symbol, provider))
                .OfType<ProviderListing>()
                .Select(listing => new InstrumentListing(listing.Provider, listing.ProviderSymbol, listing.Unit)),
        ];

    private static Problem Unknown(Symbol symbol, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:unknown-instrument",
            Title = "Unknown instrument",
            Status = HttpStatusCode.NotFound,
            Detail = $"The reference data have no '{symbol}'. A listing outside the US needs its venue, as in VOD:XLON.",
            TraceId = traceId,
        };
}
