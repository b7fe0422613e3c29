using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace Quorum.Functions.Telemetry;

/// <summary>Gives every log record of a function the function's name, and of an activity its orchestration's instance. The trace comes by
/// itself. Only while logs are exported: a scope for each activity would cost as much as the activity.</summary>
internal sealed class LogScopes(ILogger<LogScopes> logger) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        using (logger.BeginScope(Scope(context.FunctionDefinition.Name, InstanceOf(context))))
        {
            await next(context);
        }
    }

    /// <summary>Of activities alone: with an HTTP request the name would be the caller's to use.</summary>
    private static string? InstanceOf(FunctionContext context) =>
        context.FunctionDefinition.InputBindings.Values.Any(binding => binding.Type == "activityTrigger")
        && context.BindingContext.BindingData.TryGetValue("instanceId", out var id)
            ? id?.ToString()
            : null;

    private static KeyValuePair<string, object?>[] Scope(string function, string? instance) =>
        instance is null ? [new("FunctionName", function)] : [new("FunctionName", function), new("InstanceId", instance)];
}
