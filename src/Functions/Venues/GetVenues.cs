using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.MarketData;

namespace Quorum.Functions.Venues;

/// <summary><c>GET venues</c>: the venue table (rule N20), in its order.</summary>
public sealed class GetVenues(TimeProvider time)
{
    [Function(nameof(GetVenues))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "venues")] HttpRequestData request,
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

        var now = time.GetUtcNow();
        var list = new VenueList([.. Venue.All.Select(venue => VenueDocument.At(venue, now))]);
        return await request.RespondTaggedAsync(ApiJson.Write(list, HttpJson.Default.VenueList), cancellationToken);
    }
}
