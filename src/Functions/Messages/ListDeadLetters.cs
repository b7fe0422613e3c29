using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Messages;

/// <summary><c>GET dead-letters</c>: the messages that could not be processed, newest first.</summary>
public sealed class ListDeadLetters(DeadLetters letters)
{
    public const int DefaultPage = 50;

    [Function(nameof(ListDeadLetters))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "dead-letters")] HttpRequestData request,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        parameters.AllowOnly("limit", "cursor");
        var limit = parameters.Limit(DefaultPage, DeadLetters.MaxPageSize);
        var after = parameters.Cursor<DeadLetterCursor>(DeadLetterCursor.TryParse);
        parameters.RefuseBody(request);
        if (parameters.Faults.Count > 0)
        {
            return await request.RespondAsync(parameters.Faults, cancellationToken);
        }

        if (Caller.Of(request).RefuseConsumer(request.TraceId()) is { } refusal)
        {
            return await request.RespondAsync(refusal, cancellationToken);
        }

        return await request.WithStorageAsync(
            async () =>
            {
                var found = await letters.ListAsync(after, limit + 1, cancellationToken);
                var page = Page.Of(found, limit, letter => new DeadLetterCursor(letter.FirstSeenAt, letter.Id).ToString());
                return await request.RespondTaggedAsync(
                    ApiJson.Write(
                        new Page<DeadLetterDocument>([.. page.Items.Select(DeadLetterDocument.Of)], page.Next),
                        HttpJson.Default.PageDeadLetterDocument
                    ),
                    cancellationToken
                );
            },
            cancellationToken
        );
    }
}
