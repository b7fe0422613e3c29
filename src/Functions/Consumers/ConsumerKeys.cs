using System.Collections.Frozen;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Azure.Functions.Worker.Middleware;
using Quorum.Functions.Http;
using Quorum.Functions.Telemetry;

namespace Quorum.Functions.Consumers;

/// <summary>Finds the caller of each request for data by the key in <see cref="ConsumerKey.Header"/>. While there are consumers, a request
/// without a key is answered with 401 unless it has the master key.</summary>
internal sealed class ConsumerKeys(ConsumerDirectory directory, AppMetrics metrics) : IFunctionsWorkerMiddleware
{
    /// <summary>The claim with the level of the key of a request: the Azure Functions host sets it for every key, the standalone host for
    /// the master key. Both set that of the master key for every caller in development without keys.</summary>
    private const string LevelClaim = "http://schemas.microsoft.com/2017/07/functions/claims/authlevel";

    private static readonly FrozenSet<string> DataFunctions = HttpFunctions.OfLevel(AuthorizationLevel.Function);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (
            DataFunctions.Contains(context.FunctionDefinition.Name)
            && await context.GetHttpRequestDataAsync() is { } request
            && Refusal(request) is { } refusal
        )
        {
            await context.RespondAsync(asked => asked.RespondAsync(refusal, context.CancellationToken));
            return;
        }

        await next(context);
    }

    private Problem? Refusal(HttpRequestData request)
    {
        var account = directory.WithoutKey;
        if (request.Headers.TryGetValues(ConsumerKey.Header, out var keys))
        {
            if (directory.Find(string.Join(',', keys)) is not { } known)
            {
                return ConsumerProblems.UnknownKey(request.TraceId());
            }

            account = known;
        }
        else if (!directory.IsEmpty && !HasMasterKey(request))
        {
            return ConsumerProblems.KeyRequired(request.TraceId());
        }

        account.CountCall();
        metrics.ConsumerCalled(account.Name);
        new Caller(account, metrics).AttachTo(request);
        return null;
    }

    private static bool HasMasterKey(HttpRequestData request) =>
        request.Identities.Any(identity => identity.HasClaim(LevelClaim, nameof(AuthorizationLevel.Admin)));
}
