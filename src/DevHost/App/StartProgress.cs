namespace Quorum.DevHost.App;

/// <summary>
/// Reports every few seconds what a start is still waiting for, and for how long, so that a slow start does not look like a hang.
/// </summary>
internal sealed class StartProgress : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(4);

    private readonly Lock _gate = new();
    private readonly List<string> _waitingFor = [];
    private readonly ITimer _timer;

    /// <param name="report">Receives the lines.</param>
    /// <param name="time">The clock.</param>
    public StartProgress(Action<string> report, TimeProvider time)
    {
        var started = time.GetTimestamp();
        _timer = time.CreateTimer(
            _ =>
            {
                if (Waiting() is { Length: > 0 } waiting)
                {
                    report($"  waiting for {waiting} ({time.GetElapsedTime(started).TotalSeconds:0} s)");
                }
            },
            state: null,
            Interval,
            Interval
        );
    }

    /// <summary>Awaits a step and names it in the reports until it ends.</summary>
    public async Task<T> Track<T>(string name, Task<T> step)
    {
        lock (_gate)
        {
            _waitingFor.Add(name);
        }

        try
        {
            return await step;
        }
        finally
        {
            lock (_gate)
            {
                _waitingFor.Remove(name);
            }
        }
    }

    /// <inheritdoc cref="Track{T}"/>
    public Task Track(string name, Task step) => Track(name, WithResult(step));

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private static async Task<bool> WithResult(Task step)
    {
        await step;
        return true;
    }

    private string Waiting()
    {
        lock (_gate)
        {
            return string.Join(", ", _waitingFor);
        }
    }
}
