using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>
/// Holds the results of a flight's activities until its orchestration can use them: all of them, or as many as a caller's <c>agree</c>. A
/// result by itself only costs a turn, in the Functions host a replay. Results are held only if all activities have begun in this process, or
/// are expected to.
/// </summary>
/// <remarks>Results that are enough for a caller go after the work that waits for a thread: under load that brings the others, and one
/// publication serves all.</remarks>
/// <param name="providers">The number of providers that the orchestration asks.</param>
internal sealed class FanIn(int providers, TimeProvider time) : IThreadPoolWorkItem
{
    /// <summary>The maximum time that a result is held. The task hub itself stores a result that schedules nothing no sooner.</summary>
    private static readonly TimeSpan MaxHold = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();

    /// <summary>After an addition <see cref="Release"/> must be called if activities may have ended.</summary>
    public WantedAgreements Wanted { get; } = new();

    /// <summary>True if all activities are expected to run in this process. Set before the first begins.</summary>
    public bool AllAreHere { get; set; }

    /// <summary>The providers whose plan gives no real-time quotes: results that cannot agree before those of the others are held. Set before
    /// the first activity begins.</summary>
    public IReadOnlyList<ProviderFreshness> Slower { get; set; } = [];

    /// <summary>True if all activities have begun in this process.</summary>
    public bool HaveAllBegun
    {
        get
        {
            lock (_gate)
            {
                return _begun > providers;
            }
        }
    }

    // All below is guarded by _gate.
    private readonly List<TaskCompletionSource> _held = new(providers);
    private TaskCompletionSource? _heldReference;
    private ITimer? _timer;
    private int _begun;
    private readonly List<FetchOutcome> _fetched = new(providers);
    private int _agreed;
    private bool _isLoaded;
    private bool _isQueued;
    private bool _isOver;

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
    public Task HoldFetchAsync(FetchOutcome outcome)
    {
        lock (_gate)
        {
            _fetched.Add(outcome);
            return Hold(isReference: false);
        }
    }

    /// <summary>Completes when the orchestration can use the reference data, after the fetches held with it: an orchestration that gets
    /// all results together publishes the quote of all, without one on which some agree.</summary>
    public Task HoldReferenceAsync()
    {
        lock (_gate)
        {
            _isLoaded = true;
            return Hold(isReference: true);
        }
    }

    /// <summary>Completes with the other results: the orchestration does not wait for this one by itself.</summary>
    public Task HoldAsync()
    {
        lock (_gate)
        {
            return Hold(isReference: false);
        }
    }

    /// <summary>Completes what is held if the orchestration can use it now, on this thread: the results reach the task hub
    /// together.</summary>
    public void Release()
    {
        TaskCompletionSource[] held;
        TaskCompletionSource? reference;
        lock (_gate)
        {
            if (!_isQueued && !IsUseful)
            {
                return;
            }

            held = [.. _held];
            _held.Clear();
            (reference, _heldReference) = (_heldReference, null);
            _isQueued = false;
            _isOver |= HasAll;
            if (_isOver)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }

        foreach (var result in held)
        {
            result.TrySetResult();
        }

        reference?.TrySetResult();
    }

    void IThreadPoolWorkItem.Execute() => Release();

    private bool HasAll => _isLoaded && _fetched.Count >= providers;

    private bool IsUseful =>
        _isOver
        || HasAll
        || (_isLoaded && Wanted.NextAfter(_agreed) is { } agree && Agreement.IsPossible(agree, providers, _fetched, Slower));

    private bool IsElsewhere => !AllAreHere && _begun <= providers;

    private Task Hold(bool isReference)
    {
        if (_isOver || IsElsewhere)
        {
            return Task.CompletedTask;
        }

        if (!IsUseful)
        {
            _timer ??= time.CreateTimer(static fanIn => ((FanIn)fanIn!).End(), this, MaxHold, Timeout.InfiniteTimeSpan);
        }
        else if (!_isQueued)
        {
            _isQueued = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: HasAll);
        }

        // Each its own: the continuations of one source would run on several threads, in any order.
        var held = new TaskCompletionSource();
        if (!isReference)
        {
            _held.Add(held);
            return held.Task;
        }

        if (_heldReference is { } earlier)
        {
            _held.Add(earlier); // of an activity that the hub delivered twice
        }

        _heldReference = held;
        return held.Task;
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
