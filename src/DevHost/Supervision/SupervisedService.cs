using Quorum.LocalServices;

namespace Quorum.DevHost.Supervision;

/// <summary>A service that is started again, after growing waits, when it falls.</summary>
internal sealed class SupervisedService : IAsyncDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Stable = TimeSpan.FromSeconds(30);

    private readonly string name;
    private readonly Func<CancellationToken, Task<RunningService>> start;
    private readonly Action<string> report;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stopping = new();
    private RunningService current;
    private readonly Task watching;

    private SupervisedService(
        string name,
        Func<CancellationToken, Task<RunningService>> start,
        Action<string> report,
        TimeProvider time,
        RunningService current
    )
    {
        this.name = name;
        this.start = start;
        this.report = report;
        this.time = time;
        this.current = current;
        watching = WatchAsync(stopping.Token);
    }

    /// <summary>Starts the service; a first start that fails is the caller's to answer.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="start">Starts it and waits until it is ready; called again each time it has fallen.</param>
    /// <param name="report">Told of each fall and each return.</param>
    /// <param name="time">Measures the waits.</param>
    /// <param name="cancellationToken">Ends the first start.</param>
    public static async Task<SupervisedService> StartAsync(
        string name,
        Func<CancellationToken, Task<RunningService>> start,
        Action<string> report,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => new(name, start, report, time, await start(cancellationToken));

    /// <summary>Stops it for good.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        await current.StopAsync();
        stopping.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var wait = FirstWait;
        var started = time.GetTimestamp();
        try
        {
            while (true)
            {
                var code = await current.Exited.WaitAsync(cancellationToken);
                wait = time.GetElapsedTime(started) > Stable ? FirstWait : wait;
                report($"{name} ended with exit code {code}; starting it again in {wait.TotalSeconds:0.##} s.");
                await Task.Delay(wait, time, cancellationToken);
                wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
                started = time.GetTimestamp();
                await RestartAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    private async Task RestartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await current.StopAsync(); // frees what is left of the fallen one
            current = await start(cancellationToken);
            report($"{name} is back.");
        }
        catch (LocalServiceException exception)
        {
            report(exception.Message); // the loop finds the same fallen service again, and waits longer
        }
    }
}
