using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Quorum.Functions.Health;
using Quorum.Functions.Http;

namespace Quorum.Functions.Starting;

/// <summary>Answers HTTP requests with 503 and <c>Retry-After</c> until the warm-up is over. Health checks always run.</summary>
internal sealed class WhileStarting(WarmUp warmUp) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next) =>
        warmUp.IsOver || context.FunctionDefinition.Name is nameof(GetLiveness) or nameof(GetReadiness)
            ? next(context)
            : context.RespondAsync(request => request.RespondAsync(RequestProblems.Starting(request.TraceId()), context.CancellationToken));
}
