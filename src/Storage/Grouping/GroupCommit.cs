using System.Diagnostics;

namespace Quorum.Storage;

/// <summary>
/// Carries what many callers ask for at the same time in few round trips: while one group is on its way the next one collects.
/// Usually nobody waits for company: a lone caller's group leaves at once and costs one round trip, and under load a group holds as many items as
/// came during the one before it, so that the cost of a commit is shared by all of them.
/// </summary>
/// <remarks>
/// <para>A caller's task completes when its group has committed, and fails with the group's exception. Where the fault may lie in a single
/// item, the group is carried again item by item, so that only the guilty caller is told.</para>
/// <para>The queue is bounded: beyond its capacity callers wait to be let in.</para>
/// </remarks>
/// <typeparam name="TItem">One caller's wish; for a reading group also the place where its result is put.</typeparam>
public sealed class GroupCommit<TItem> : IAsyncDisposable
{
    private readonly Func<IReadOnlyList<TItem>, Task> _commit;
    private readonly Func<Exception, bool> _mayBeFaultOfOneItem;
    private readonly int _largestGroup;
    private readonly SemaphoreSlim _room;
    private readonly Lock _gate = new();

    // All below is guarded by _gate.
    private readonly Queue<Entry> _waiting = new();
    private readonly Stack<Lane> _idle = new();
    private readonly int _lanes;
    private readonly TimeSpan _company;
    private readonly string _name;
    private bool _laneIsComing;
    private bool _closed;
    private TaskCompletionSource? _allIdle;
    private long _groups;
    private long _items;

    /// <param name="commit">Carries one group, whoever of its callers has gone away meanwhile, and ends by itself in bounded time (a command
    /// time-out); it must be harmless to carry an item twice.</param>
    /// <param name="mayBeFaultOfOneItem">Whether an exception of a whole group may be one item's fault.</param>
    /// <param name="lanes">Groups that may be on their way at once, each on a connection of its own.</param>
    /// <param name="largestGroup">Items in one group at most.</param>
    /// <param name="capacity">Items that may wait; callers beyond it wait to be let in.</param>
    /// <param name="name">What a group does, for its span.</param>
    /// <param name="company">How long a group waits for more items before it leaves; for items that no caller waits for. Default: not at all.</param>
    public GroupCommit(
        Func<IReadOnlyList<TItem>, Task> commit,
        Func<Exception, bool> mayBeFaultOfOneItem,
        int lanes = 1,
        int largestGroup = 512,
        int capacity = 8192,
        TimeSpan company = default,
        string name = "group")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(largestGroup, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _commit = commit;
        _mayBeFaultOfOneItem = mayBeFaultOfOneItem;
        _largestGroup = largestGroup;
        _room = new SemaphoreSlim(capacity, capacity);
        _lanes = lanes;
        _company = company;
        _name = name;
        for (var i = 0; i < lanes; i++)
        {
            _idle.Push(new Lane(this));
        }
    }

    /// <summary>Groups carried so far.</summary>
    public long Groups => Interlocked.Read(ref _groups);

    /// <summary>Items carried so far, in all groups.</summary>
    public long Items => Interlocked.Read(ref _items);

    /// <summary>Completes when the group with this item has committed.</summary>
    /// <param name="cancellationToken">Ends the wait. An item that has not left yet is then dropped; one on its way is carried all the same.</param>
    public async Task CommitAsync(TItem item, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        var entry = new Entry(item, cancellationToken);
        Lane? lane = null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _waiting.Enqueue(entry);
            if (!_laneIsComing && _idle.TryPop(out lane))
            {
                _laneIsComing = true;
            }
        }

        if (lane is not null)
        {
            // Through the pool, not on this caller's stack: the lane must not carry the caller's execution context (its trace) on to the next
            // groups, and on a busy machine the short wait lets a group fill.
            ThreadPool.UnsafeQueueUserWorkItem(lane, preferLocal: false);
        }

        await entry.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Lets no more items in, and waits for those that wait or are on their way.</summary>
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
            if (_idle.Count < _lanes)
            {
                _allIdle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                allIdle = _allIdle.Task;
            }
        }

        await allIdle;
        _room.Dispose();
    }

    /// <summary>Fills a lane with its next group; an empty one sends it to rest.</summary>
    private void Take(Lane lane)
    {
        var taken = 0;
        Lane? another = null;
        lock (_gate)
        {
            while (lane.Group.Count < _largestGroup && _waiting.TryDequeue(out var entry))
            {
                taken++;
                if (!entry.CancellationToken.IsCancellationRequested)
                {
                    lane.Group.Add(entry);
                }
            }

            _laneIsComing = false;
            if (_waiting.Count > 0 && _idle.TryPop(out another))
            {
                _laneIsComing = true;
            }

            if (lane.Group.Count == 0)
            {
                _idle.Push(lane);
                if (_idle.Count == _lanes)
                {
                    _allIdle?.TrySetResult();
                }
            }

            _groups += lane.Group.Count > 0 ? 1 : 0;
            _items += lane.Group.Count;
        }

        if (another is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(another, preferLocal: false);
        }

        if (taken > 0)
        {
            _room.Release(taken);
        }
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
                entry.TrySetResult();
            }
        }
        catch (Exception exception) when (group.Count > 1 && _mayBeFaultOfOneItem(exception))
        {
            foreach (var entry in group)
            {
                await CarryAsync([entry], lane);
            }
        }
        catch (Exception exception) // The loop's edge: the group's fault is its callers' to answer, and the lane goes on with the next group.
        {
            foreach (var entry in group)
            {
                entry.TrySetException(exception);
            }
        }
    }

    /// <summary>In the trace of the group's first item that has one; the others, whose work it is too, are linked. Costs nothing while nobody listens.</summary>
    private Activity? StartSpan(List<Entry> group)
    {
        if (!StorageTelemetry.Source.HasListeners() || group.Find(entry => entry.Trace != default) is not { } first)
        {
            return null;
        }

        var others = group.Where(entry => entry != first && entry.Trace != default).Select(entry => new ActivityLink(entry.Trace));
        var span = StorageTelemetry.Source.StartActivity(ActivityKind.Internal, first.Trace, links: others, name: _name);
        span?.SetTag("quorum.group.items", group.Count);
        return span;
    }

    private sealed class Entry(TItem item, CancellationToken cancellationToken)
        : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TItem Item { get; } = item;
        public ActivityContext Trace { get; } = StorageTelemetry.Source.HasListeners() && Activity.Current is { } current ? current.Context : default;
        public CancellationToken CancellationToken { get; } = cancellationToken;
    }

    private sealed class Lane(GroupCommit<TItem> owner) : IThreadPoolWorkItem
    {
        public List<Entry> Group { get; } = [];
        public List<TItem> Items { get; } = [];

        public void Execute() => _ = RunAsync();

        private async Task RunAsync()
        {
            Debug.Assert(Group.Count == 0, "A resting lane holds nothing.");
            while (true)
            {
                if (owner._company > TimeSpan.Zero)
                {
                    await Task.Delay(owner._company);
                }

                owner.Take(this);
                if (Group.Count == 0)
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
