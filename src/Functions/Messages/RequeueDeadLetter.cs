using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Batches;
using Quorum.Functions.Http;
using Quorum.Functions.Prefetch;
using Quorum.Storage;

namespace Quorum.Functions.Messages;

/// <summary><c>POST dead-letters/{id}/requeue</c>: puts the message back on its queue, as it was. Asks for the master key.</summary>
/// <remarks>It is noted before the message is sent, so that two callers at once send one. When it cannot be sent, the caller gets an error
/// and may repeat the call with <c>again=true</c>.</remarks>
public sealed class RequeueDeadLetter(DeadLetters letters, TimeProvider time)
{
    [Function(nameof(RequeueDeadLetter))]
    public async Task<RequeuedDeadLetter> RunAsync(
        [HttpTrigger(AuthorizationLevel.Admin, "post", Route = "dead-letters/{id}/requeue")] HttpRequestData request,
        string id,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        parameters.AllowOnly("again");
        var again = parameters.Flag("again");
        parameters.RefuseBody(request);
        if (parameters.Faults.Count > 0)
        {
            return new RequeuedDeadLetter(await request.RespondAsync(parameters.Faults, cancellationToken));
        }

        StoredDeadLetter? claimed = null;
        var response = await request.WithStorageAsync(
            async () =>
            {
                var letter = DeadLetterId.TryParse(id, out var known) ? await letters.FindAsync(known, cancellationToken) : null;
                if (letter is null)
                {
                    return await request.RespondAsync(DeadLetterProblems.NotFound(request.TraceId()), cancellationToken);
                }

                if (letter.Message is null || letter.Id.Queue is not (BatchQueue.Name or PrefetchMessage.Queue))
                {
                    return await request.RespondAsync(DeadLetterProblems.NotKept(request.TraceId()), cancellationToken);
                }

                var now = time.GetUtcNow();
                if ((letter.RequeuedAt is not null && !again) || !await letters.ClaimAsync(letter, now, cancellationToken))
                {
                    return await request.RespondAsync(DeadLetterProblems.RequeuedAlready(request.TraceId()), cancellationToken);
                }

                claimed = letter;
                return await AcceptAsync(request, letter.Id, now, cancellationToken);
            },
            cancellationToken
        );
        return new RequeuedDeadLetter(response)
        {
            BatchMessage = claimed?.Id.Queue is BatchQueue.Name ? claimed.Message : null,
            PrefetchMessage = claimed?.Id.Queue is PrefetchMessage.Queue ? claimed.Message : null,
        };
    }

    private static async Task<HttpResponseData> AcceptAsync(
        HttpRequestData request,
        DeadLetterId id,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var response = request.CreateResponse(HttpStatusCode.Accepted);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        response.Headers.Add("Cache-Control", "no-store");
        await response.Body.WriteAsync(
            ApiJson.Write(new RequeueDocument(id.ToString(), id.Queue, now), HttpJson.Default.RequeueDocument),
            cancellationToken
        );
        return response;
    }
}

/// <summary>The result of a <c>POST dead-letters/{id}/requeue</c>.</summary>
/// <param name="Response">To the caller, after the message has been sent.</param>
public sealed record RequeuedDeadLetter(HttpResponseData Response)
{
    /// <summary>The message for <c>quote-batches</c>; <see langword="null"/> for none.</summary>
    [QueueOutput(BatchQueue.Name)]
    public string? BatchMessage { get; init; }

    /// <summary>The message for <c>quote-prefetch</c>; <see langword="null"/> for none.</summary>
    [QueueOutput(Prefetch.PrefetchMessage.Queue)]
    public string? PrefetchMessage { get; init; }
}
