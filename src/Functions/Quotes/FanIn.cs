namespace Quorum.Functions.Quotes;

/// <summary>
/// Holds the results of a flight's activities until its orchestration can use them: all of them, or as many as a caller's <c>agree</c>. A
/// result by itself only costs a turn, in the Functions host a replay. Results are not held if any of the activities runs in another
/// process.
/// </summary>
/// <param name="providers">The number of providers that the orchestration asks.</param>
internal sealed class FanIn(int providers, TimeProvider time)
{
    /// <summary>The maximum time that a result is held. The task hub itself stores a result that schedules nothing no sooner.</summary>
    private static readonly TimeSpan MaxHold = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();

    /// <summary>After an addition <see cref="Release"/> must be called if activities may have ended.</summary>
    public WantedAgreements Wanted { get; } = new();

    // All below is guarded by _gate.
    private TaskCompletionSource? _held;
    private ITimer? _timer;
    private int _begun;
    private int _fetched;
    private bool _isLoaded;
    private bool _isOver;
    private int _agreed;

    /// <summary>An activity begins in this process.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _begun++;
        }
    }

    /// <summary>The quote on which so many providers agree is published.</summary>
    public void Agree(int agreeing)
    {
        lock (_gate)
        {
            _agreed = Math.Max(_agreed, agreeing);
        }
    }

    /// <summary>Completes when the orchestration can use the result of a fetch.</summary>
    public Task HoldFetchAsync() => HoldAsync(static fanIn => fanIn._fetched++);

    /// <summary>Completes when the orchestration can use the reference data.</summary>
    public Task HoldReferenceAsync() => HoldAsync(static fanIn => fanIn._isLoaded = true);

    /// <summary>Completes with the other results: the orchestration does not wait for this one by itself.</summary>
    public Task HoldAsync() => HoldAsync(static _ => { });

    private bool IsUseful =>
        _isOver
        || _begun <= providers // another process runs the rest
        || (_isLoaded && _fetched >= Math.Min(providers, Wanted.NextAfter(_agreed) ?? providers));

    /// <summary>Completes what is held if the orchestration can use it now, on this thread: the results reach the task hub
    /// together.</summary>
    public void Release()
    {
        TaskCompletionSource? held;
        lock (_gate)
        {
            if (!IsUseful)
            {
                return;
            }

            (held, _held) = (_held, null);
            _isOver = _isOver || (_isLoaded && _fetched >= providers);
            if (_isOver)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }

        held?.TrySetResult();
    }

    private Task HoldAsync(Action<FanIn> arrive)
    {
        lock (_gate)
        {
            arrive(this);
            if (!IsUseful)
            {
                _timer ??= time.CreateTimer(static fanIn => ((FanIn)fanIn!).End(), this, MaxHold, Timeout.InfiniteTimeSpan);
                return (_held ??= new TaskCompletionSource()).Task;
            }
        }

        Release();
        return Task.CompletedTask;
    }

    private void End()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        Release();
    }
}
