using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Context.Features;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.DurableTask.Client;
using Quorum.Functions.Health;
using Quorum.Functions.Http;

namespace Quorum.Functions.Starting;

/// <summary>Answers HTTP requests with 503 and <c>Retry-After</c> until the warm-up is over; without the task hub's client, until the
/// connections are open. Health checks always run.</summary>
internal sealed class WhileStarting(WarmUp warmUp) : IFunctionsWorkerMiddleware
{
    /// <summary>The type of the binding of the task hub's client, in the metadata of a function.</summary>
    private const string DurableClient = "durableClient";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (warmUp.IsOver || await MayRunAsync(context))
        {
            await next(context);
        }
        else
        {
            await context.RespondAsync(request =>
                request.RespondAsync(RequestProblems.Starting(request.TraceId()), context.CancellationToken)
            );
        }
    }

    private async Task<bool> MayRunAsync(FunctionContext context)
    {
        if (context.FunctionDefinition.Name is nameof(GetLiveness) or nameof(GetReadiness))
        {
            return true;
        }

        if (!warmUp.IsConnected)
        {
            return false;
        }

        if (await ClientOfAsync(context) is { } durable)
        {
            _ = warmUp.WarmHubAsync(durable);
            return false;
        }

        return true;
    }

    /// <summary>The task hub's client as the function will get it; <see langword="null"/> for a function without it.</summary>
    private static async ValueTask<DurableTaskClient?> ClientOfAsync(FunctionContext context)
    {
        if (
            !context.FunctionDefinition.InputBindings.Values.Any(static binding => binding.Type == DurableClient)
            || context.Features.Get<IFunctionInputBindingFeature>() is not { } inputs
        )
        {
            return null;
        }

        return (await inputs.BindFunctionInputAsync(context)).Values.OfType<DurableTaskClient>().FirstOrDefault();
    }
}
