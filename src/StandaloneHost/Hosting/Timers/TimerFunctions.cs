using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorum.DurableTask.PostgreSql;
using Quorum.StandaloneHost.Hosting.Functions;
using Quorum.StandaloneHost.Hosting.Invocations;
using Quorum.StandaloneHost.Timers;

namespace Quorum.StandaloneHost.Hosting.Timers;

/// <summary>Takes part in firing the hub's timers while the app runs.</summary>
internal sealed class TimerFunctions(
    FunctionCatalogue catalogue,
    PostgresOrchestrationService hub,
    TimeProvider time,
    ILogger<TimerLeader> logger
) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _leading = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var timers = catalogue.Functions.Where(function => function.Trigger is TimerTrigger).Select(Define).ToList();
        var leader = new TimerLeader(new TimerStore(hub.DataSource), timers, time, logger);
        _leading = Task.Run(
            () =>
            {
                Activity.Current = null; // the starter of the host is not the parent of timer spans
                return leader.RunAsync(_stopping.Token);
            },
            CancellationToken.None
        );
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _leading.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private static TimerDefinition Define(Function function)
    {
        var trigger = (TimerTrigger)function.Trigger; // as selected
        return new TimerDefinition(
            function.Name,
            trigger.Schedule,
            trigger.IsMonitored,
            trigger.RunOnStartup,
            (firing, stopping) => FireAsync(function, firing, stopping)
        );
    }

    private static async Task FireAsync(Function function, TimerFiring firing, CancellationToken cancellationToken)
    {
        using var span = InvocationSpan.StartTimer(function);
        await InvocationSpan.RunAsync(new Invocation(function, firing, cancellationToken), span);
    }
}
