using Quorum.LocalServices;

namespace Quorum.DevHost.Supervision;

/// <summary>A service that is restarted, after growing waits, when it crashes.</summary>
internal sealed class SupervisedService : IAsyncDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Stable = TimeSpan.FromSeconds(30);

    private readonly string _name;
    private readonly Func<CancellationToken, Task<RunningService>> _start;
    private readonly Action<string> _report;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private RunningService _current;
    private readonly Task _watching;

    private SupervisedService(
        string name,
        Func<CancellationToken, Task<RunningService>> start,
        Action<string> report,
        TimeProvider time,
        RunningService current
    )
    {
        _name = name;
        _start = start;
        _report = report;
        _time = time;
        _current = current;
        _watching = WatchAsync(_stopping.Token);
    }

    /// <summary>Starts the service. If the first start fails, the exception goes to the caller.</summary>
    /// <param name="name">The name for messages.</param>
    /// <param name="start">Starts it and waits until it is ready; called again after each crash.</param>
    /// <param name="report">Receives a line for each crash and each restart.</param>
    /// <param name="time">Measures the waits.</param>
    /// <param name="cancellationToken">Cancels the first start.</param>
    public static async Task<SupervisedService> StartAsync(
        string name,
        Func<CancellationToken, Task<RunningService>> start,
        Action<string> report,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => new(name, start, report, time, await start(cancellationToken));

    /// <summary>Stops the service permanently.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        await _current.StopAsync();
        _stopping.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var wait = FirstWait;
        var started = _time.GetTimestamp();
        try
        {
            while (true)
            {
                var code = await _current.Exited.WaitAsync(cancellationToken);
                wait = _time.GetElapsedTime(started) > Stable ? FirstWait : wait;
                _report($"{_name} ended with exit code {code}; starting it again in {wait.TotalSeconds:0.##} s.");
                await Task.Delay(wait, _time, cancellationToken);
                wait = wait * 2 < MaxWait ? wait * 2 : MaxWait;
                started = _time.GetTimestamp();
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
            await _current.StopAsync(); // releases the resources of the crashed process
            _current = await _start(cancellationToken);
            _report($"{_name} is back.");
        }
        catch (LocalServiceException exception)
        {
            _report(exception.Message); // the loop finds the same crashed service again, and waits longer
        }
    }
}
