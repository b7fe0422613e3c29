using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.Hosting.Functions;
using Quorum.StandaloneHost.Hosting.Invocations;

namespace Quorum.StandaloneHost.Hosting.Durable;

/// <summary>Registers the orchestrator and activity functions with the engine.</summary>
internal static partial class DurableFunctions
{
    public static void Register(IEnumerable<Function> functions, TaskRegistry registry)
    {
        foreach (var function in functions)
        {
            switch (function.Trigger)
            {
                case OrchestrationTrigger trigger:
                    registry.AddOrchestrator(trigger.Orchestration, context => RunOrchestratorAsync(function, context));
                    break;
                case ActivityTrigger trigger:
                    registry.AddActivity(
                        trigger.Activity,
                        (call, cancellationToken) => RunActivityAsync(function, call, cancellationToken)
                    );
                    break;
            }
        }
    }

    private static async Task<object?> RunOrchestratorAsync(Function function, TaskOrchestrationContext context)
    {
        var invocation = new Invocation(function, context);
        try
        {
            return await function.Runtime.Pipeline.RunAsync(invocation);
        }
        finally
        {
            // Not awaited: an orchestrator may await durable tasks only, and usually there is nothing to wait for.
            var closing = invocation.CloseAsync();
            if (!closing.IsCompletedSuccessfully)
            {
                _ = ReportAsync(closing, function);
            }
        }
    }

    private static async Task<object?> RunActivityAsync(Function function, ActivityInvocation call, CancellationToken cancellationToken)
    {
        var invocation = new Invocation(function, call, cancellationToken);
        using var span = ActivitySpan.Start(call);
        try
        {
            return await function.Runtime.Pipeline.RunAsync(invocation);
        }
        catch (Exception fault) when (span is not null)
        {
            span.AddException(fault);
            span.SetStatus(ActivityStatusCode.Error, fault.GetType().Name);
            throw;
        }
        finally
        {
            await invocation.CloseAsync();
        }
    }

    private static async Task ReportAsync(ValueTask closing, Function function)
    {
        try
        {
            await closing;
        }
        catch (Exception fault)
        {
            LogNotClosed(function.Runtime.Logger, fault, function.Name);
        }
    }

    [LoggerMessage(2202, LogLevel.Error, "A service of orchestrator {Function} failed to close")]
    private static partial void LogNotClosed(ILogger logger, Exception fault, string function);
}
