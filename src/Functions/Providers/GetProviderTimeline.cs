using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.MarketData;
using Quorum.Providers;

namespace Quorum.Functions.Providers;

/// <summary><c>GET providers/{id}/timeline</c>: calls, outcomes, latencies and breaker changes over the last minutes, as this process saw
/// them.</summary>
public sealed class GetProviderTimeline(ProviderFleet fleet)
{
    public const int DefaultMinutes = 60;

    public static int MaxMinutes => (int)ProviderTimeline.MaxLength.TotalMinutes;

    [Function(nameof(GetProviderTimeline))]
    public Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "providers/{id}/timeline")] HttpRequestData request,
        string id,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        parameters.AllowOnly("minutes");
        var minutes = parameters.WholeNumber("minutes", 1, MaxMinutes, DefaultMinutes, "minutes");
        parameters.RefuseBody(request);
        return parameters.Faults.Count > 0 ? request.RespondAsync(parameters.Faults, cancellationToken)
            : !ProviderId.TryParse(id, out var provider) ? request.RespondAsync(Unknown(request.TraceId()), cancellationToken)
            : request.RespondAsync(
                ApiJson.Write(
                    TimelineDocument.Of(provider, fleet.TimelineOf(provider, TimeSpan.FromMinutes(minutes))),
                    HttpJson.Default.TimelineDocument
                ),
                cancellationToken
            );
    }

    private static Problem Unknown(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:unknown-provider",
            Title = "Unknown provider",
            Status = HttpStatusCode.NotFound,
            Detail = $"The provider must be one of {string.Join(", ", ProviderId.All)}.",
            TraceId = traceId,
        };
}
