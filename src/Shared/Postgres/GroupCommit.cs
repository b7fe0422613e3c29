using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Quorum.Shared.Postgres;

/// <summary>
/// Batches the writes of many concurrent callers: while one group is under way, the next one collects. By default there is no added delay:
/// a lone caller's group leaves at once, and under load a group holds as many items as arrived during the one before it, so that they share
/// the cost of a commit.
/// </summary>
/// <remarks>
/// <para>A caller's task completes when its group has committed, and fails with the group's exception. Where a single item may be the
/// reason, the group is run again item by item, so that only that item's caller fails.</para>
/// <para>The queue is bounded: callers beyond its capacity wait to be admitted, and items without a caller are refused.</para>
/// </remarks>
/// <typeparam name="TItem">One caller's request; for a reading group also the place of its result.</typeparam>
internal sealed class GroupCommit<TItem> : IAsyncDisposable
{
    private readonly Func<IReadOnlyList<TItem>, Task> _commit;
    private readonly Func<Exception, bool> _mayBeOfOneItem;
    private readonly GroupCommitOptions _options;
    private readonly SemaphoreSlim _room;
    private readonly Lock _gate = new();

    // All fields below are guarded by _gate.
    private readonly Queue<Entry> _waiting = new();
    private readonly Stack<Lane> _idle = new();
    private bool _laneIsStarting;
    private bool _closed;
    private TaskCompletionSource? _allIdle;
    private long _groups;
    private long _items;

    /// <param name="commit">Commits one group, even if some of its callers have given up meanwhile. It must end by itself in bounded time
    /// (a command timeout), and it must be harmless to commit an item twice.</param>
    /// <param name="mayBeOfOneItem">True if one item may be the reason for a group's exception.</param>
    /// <param name="options"><see langword="null"/> for the defaults.</param>
    public GroupCommit(Func<IReadOnlyList<TItem>, Task> commit, Func<Exception, bool> mayBeOfOneItem, GroupCommitOptions? options = null)
    {
        _options = options ?? new GroupCommitOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Lanes, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.LargestGroup, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Capacity, 1, nameof(options));
        _commit = commit;
        _mayBeOfOneItem = mayBeOfOneItem;
        _room = new SemaphoreSlim(_options.Capacity);
        for (var i = 0; i < _options.Lanes; i++)
        {
            _idle.Push(new Lane(this));
        }
    }

    /// <summary>The number of groups so far.</summary>
    public long Groups => Interlocked.Read(ref _groups);

    /// <summary>The number of items so far, in all groups.</summary>
    public long Items => Interlocked.Read(ref _items);

    /// <summary>Adds an item and completes when its group has committed.</summary>
    /// <param name="cancellationToken">Ends the wait. An item that still waits is then dropped; one under way is committed all the
    /// same.</param>
    public async Task CommitAsync(TItem item, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        var caller = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entry = new Entry(item, caller, CurrentTrace(), cancellationToken);
        Lane? lane;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            lane = Enqueue(entry);
        }

        Start(lane);
        await caller.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Adds an item that no caller waits for: nothing but the item is kept until its group has committed. If that fails,
    /// <see cref="GroupCommitOptions.Failed"/> receives the exception.
    /// </summary>
    /// <returns>False, and the item is dropped, if the queue is full or closed.</returns>
    public bool TryAdd(TItem item)
    {
        var entry = new Entry(item, null, CurrentTrace(), CancellationToken.None);
        Lane? lane;
        lock (_gate)
        {
            if (_closed || !_room.Wait(0))
            {
                return false;
            }

            lane = Enqueue(entry);
        }

        Start(lane);
        return true;
    }

    /// <summary>Rejects callers who wait to be admitted, and waits for items in the queue or under way.</summary>
    public async ValueTask DisposeAsync()
    {
        Task allIdle = Task.CompletedTask;
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            _room.Release(int.MaxValue / 2); // Wakes every caller who waits for room; CommitAsync then rejects it.
            if (_idle.Count < _options.Lanes)
            {
                _allIdle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                allIdle = _allIdle.Task;
            }
        }

        await allIdle;
        _room.Dispose();
    }

    private ActivityContext CurrentTrace() =>
        _options.Spans?.HasListeners() == true && Activity.Current is { } current ? current.Context : default;

    /// <returns>The idle lane to start for it; <see langword="null"/> for none.</returns>
    private Lane? Enqueue(in Entry entry)
    {
        _waiting.Enqueue(entry);
        if (_laneIsStarting || !_idle.TryPop(out var lane))
        {
            return null;
        }

        _laneIsStarting = true;
        return lane;
    }

    private static void Start(Lane? lane)
    {
        if (lane is not null)
        {
            // Through the pool, not on this caller's stack: the lane must not take the caller's execution context (its trace) to the next
            // groups, and on a busy machine the short wait lets a group fill.
            ThreadPool.UnsafeQueueUserWorkItem(lane, preferLocal: false);
        }
    }

    private bool HasPartOfGroup()
    {
        lock (_gate)
        {
            return _waiting.Count > 0 && _waiting.Count < _options.LargestGroup;
        }
    }

    /// <summary>Fills a lane with its next group; without one it becomes idle.</summary>
    /// <returns>False if the lane is idle. From then on it may belong to another run: the caller must not use it.</returns>
    private bool TryTake(Lane lane)
    {
        var taken = 0;
        Lane? another = null;
        bool isIdle;
        lock (_gate)
        {
            while (lane.Group.Count < _options.LargestGroup && _waiting.TryDequeue(out var entry))
            {
                taken++;
                if (!entry.CancellationToken.IsCancellationRequested)
                {
                    lane.Group.Add(entry);
                }
            }

            if (taken > 0)
            {
                _room.Release(taken); // Before the lane is idle: then it may be disposed.
            }

            _laneIsStarting = false;
            if (_waiting.Count > 0 && _idle.TryPop(out another))
            {
                _laneIsStarting = true;
            }

            _groups += lane.Group.Count > 0 ? 1 : 0;
            _items += lane.Group.Count;
            isIdle = lane.Group.Count == 0;
            if (isIdle)
            {
                _idle.Push(lane);
                if (_idle.Count == _options.Lanes)
                {
                    _allIdle?.TrySetResult();
                }
            }
        }

        Start(another);
        return !isIdle;
    }

    private async Task CarryAsync(List<Entry> group, Lane lane)
    {
        try
        {
            lane.Items.Clear();
            foreach (var entry in group)
            {
                lane.Items.Add(entry.Item);
            }

            using var span = StartSpan(group);
            await _commit(lane.Items);
            foreach (var entry in group)
            {
                entry.Caller?.TrySetResult();
            }
        }
        catch (Exception exception) when (group.Count > 1 && _mayBeOfOneItem(exception))
        {
            foreach (var entry in group)
            {
                await CarryAsync([entry], lane);
            }
        }
        // The loop's edge: the callers handle the group's exception, and the lane continues with the next group.
        catch (Exception exception)
        {
            var withoutCaller = 0;
            foreach (var entry in group)
            {
                entry.Caller?.TrySetException(exception);
                withoutCaller += entry.Caller is null ? 1 : 0;
            }

            if (withoutCaller > 0)
            {
                _options.Failed?.Invoke(exception, withoutCaller);
            }
        }
    }

    private Activity? StartSpan(List<Entry> group)
    {
        var first = _options.Spans?.HasListeners() == true ? group.FindIndex(entry => entry.Trace != default) : -1;
        if (first < 0)
        {
            return null;
        }

        var others = group.Skip(first + 1).Where(entry => entry.Trace != default).Select(entry => new ActivityLink(entry.Trace));
        var span = _options.Spans?.StartActivity(ActivityKind.Internal, group[first].Trace, links: others, name: _options.SpanName);
        span?.SetTag("quorum.group.items", group.Count);
        return span;
    }

    /// <param name="Item">What to commit.</param>
    /// <param name="Caller">Waits for the commit; <see langword="null"/> for none.</param>
    /// <param name="Trace">The caller's trace; the default for none.</param>
    /// <param name="CancellationToken">Drops an item that still waits.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(
        TItem Item,
        TaskCompletionSource? Caller,
        ActivityContext Trace,
        CancellationToken CancellationToken
    );

    private sealed class Lane(GroupCommit<TItem> owner) : IThreadPoolWorkItem
    {
        public List<Entry> Group { get; } = [];
        public List<TItem> Items { get; } = [];

        public void Execute() => _ = RunAsync();

        private async Task RunAsync()
        {
            Debug.Assert(Group.Count == 0, "An idle lane holds nothing.");
            while (true)
            {
                if (owner._options.BatchDelay > TimeSpan.Zero && owner.HasPartOfGroup())
                {
                    await Task.Delay(owner._options.BatchDelay, owner._options.Time);
                }

                if (!owner.TryTake(this))
                {
                    return;
                }

                await owner.CarryAsync(Group, this);
                Group.Clear();
                Items.Clear();
            }
        }
    }
}
