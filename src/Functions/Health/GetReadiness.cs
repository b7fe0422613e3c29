using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Quorum.Functions.Http;
using Quorum.Functions.Starting;
using Quorum.Storage;

namespace Quorum.Functions.Health;

/// <summary><c>GET health/ready</c>: migrations are applied, the reference data are here, the warm-up is over and PostgreSQL answers, so
/// requests can be sent.</summary>
public sealed class GetReadiness(InstrumentCatalogue catalogue, QuorumDatabase database, WarmUp warmUp, TimeProvider time)
{
    private static readonly ReadOnlyMemory<byte> Ready = """{"status":"ready"}"""u8.ToArray();
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    [Function(nameof(GetReadiness))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/ready")] HttpRequestData request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (warmUp is { IsConnected: true, IsOver: false })
        {
            _ = warmUp.WarmHubAsync(durable);
        }

        // The catalogue is loaded after the migrations, and both before the host starts anything else.
        if (catalogue.IsLoaded && warmUp.IsOver && await PostgresAnswersAsync(cancellationToken))
        {
            return await request.RespondAsync(Ready, cancellationToken);
        }

        return await request.RespondAsync(
            new Problem
            {
                Type = "urn:quorum:problem:not-ready",
                Title = "Not ready",
                Status = HttpStatusCode.ServiceUnavailable,
                Detail =
                    !catalogue.IsLoaded ? "The reference data are not loaded yet."
                    : !warmUp.IsOver ? "The service is starting: its warm-up is not over yet."
                    : "PostgreSQL does not answer.",
                TraceId = request.TraceId(),
                RetryAfterSeconds = 1,
            },
            cancellationToken
        );
    }

    private async Task<bool> PostgresAnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.PingAsync(cancellationToken).WaitAsync(MaxWait, time, cancellationToken);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested) // Whatever it is, the answer is no.
        {
            return false;
        }
    }
}
