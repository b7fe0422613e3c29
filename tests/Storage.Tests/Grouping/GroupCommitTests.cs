using System.Collections.Concurrent;

namespace Quorum.Storage.Tests.Grouping;

public sealed class GroupCommitTests
{
    [Fact]
    public async Task A_lone_callers_item_leaves_at_once()
    {
        var carrier = new Carrier();
        await using var groups = carrier.Groups();

        var caller = groups.CommitAsync(1, CancellationToken.None);
        var group = await carrier.NextAsync();
        group.Commit();

        await caller.WithinAsync();
        Assert.Equal([1], group.Items);
    }

    [Fact]
    public async Task Callers_that_come_while_a_group_is_on_its_way_share_the_next()
    {
        var carrier = new Carrier();
        await using var groups = carrier.Groups();
        var first = groups.CommitAsync(0, CancellationToken.None);
        var firstGroup = await carrier.NextAsync();

        var others = Enumerable.Range(1, 1000).Select(i => groups.CommitAsync(i, CancellationToken.None)).ToArray();
        firstGroup.Commit();
        var second = await carrier.NextAsync();
        second.Commit();

        await Task.WhenAll([first, .. others]).WithinAsync();
        Assert.Equal(Enumerable.Range(1, 1000), second.Items);
        Assert.Equal((2, 1001), (groups.Groups, groups.Items));
    }

    [Fact]
    public async Task A_group_never_exceeds_the_largest_size()
    {
        var carrier = new Carrier();
        await using var groups = carrier.Groups(largestGroup: 3);
        var callers = Enumerable.Range(0, 8).Select(i => groups.CommitAsync(i, CancellationToken.None)).ToArray();

        var sizes = new List<int>();
        while (sizes.Sum() < 8)
        {
            var group = await carrier.NextAsync();
            sizes.Add(group.Items.Count);
            group.Commit();
        }

        await Task.WhenAll(callers).WithinAsync();
        Assert.All(sizes, size => Assert.InRange(size, 1, 3));
    }

    [Fact]
    public async Task Lanes_carry_groups_side_by_side()
    {
        var carrier = new Carrier();
        await using var groups = carrier.Groups(lanes: 2);

        var one = groups.CommitAsync(1, CancellationToken.None);
        var first = await carrier.NextAsync();
        var two = groups.CommitAsync(2, CancellationToken.None);
        var second = await carrier.NextAsync();
        second.Commit();
        await two.WithinAsync();
        Assert.False(one.IsCompleted);

        first.Commit();
        await one.WithinAsync();
    }

    [Fact]
    public async Task A_failed_group_fails_each_of_its_callers_and_none_of_the_next()
    {
        var carrier = new Carrier();
        await using var groups = carrier.Groups();
        var first = groups.CommitAsync(0, CancellationToken.None);
        var firstGroup = await carrier.NextAsync();
        var unlucky = Enumerable.Range(1, 3).Select(i => groups.CommitAsync(i, CancellationToken.None)).ToArray();
        firstGroup.Commit();
        (await carrier.NextAsync()).Fail(new IOException("gone"));

        foreach (var caller in unlucky)
        {
            await Assert.ThrowsAsync<IOException>(() => caller.WithinAsync());
        }

        await first.WithinAsync();
        var next = groups.CommitAsync(4, CancellationToken.None);
        (await carrier.NextAsync()).Commit();
        await next.WithinAsync();
    }

    [Fact]
    public async Task An_exception_that_one_item_may_cause_fails_only_that_items_caller()
    {
        var carried = new ConcurrentQueue<int>();
        var gate = new TaskCompletionSource();
        await using var groups = new GroupCommit<int>(
            async items =>
            {
                await gate.Task;
                if (items.Contains(13))
                {
                    throw new FormatException("13");
                }

                foreach (var item in items)
                {
                    carried.Enqueue(item);
                }
            },
            exception => exception is FormatException
        );

        var callers = Enumerable.Range(10, 10).ToDictionary(i => i, i => groups.CommitAsync(i, CancellationToken.None));
        gate.SetResult();

        foreach (var (item, caller) in callers)
        {
            if (item == 13)
            {
                await Assert.ThrowsAsync<FormatException>(() => caller.WithinAsync());
            }
            else
            {
                await caller.WithinAsync();
            }
        }

        Assert.Equal(Enumerable.Range(10, 10).Except([13]), carried.Order());
    }

    [Fact]
    public async Task An_item_whose_caller_gave_up_before_it_left_is_dropped()
    {
        var carrier = new Carrier();
        await using var groups = carrier.Groups();
        using var gaveUp = new CancellationTokenSource();
        var first = groups.CommitAsync(1, CancellationToken.None);
        var firstGroup = await carrier.NextAsync();
        var second = groups.CommitAsync(2, gaveUp.Token);
        var third = groups.CommitAsync(3, CancellationToken.None);

        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WithinAsync());
        firstGroup.Commit();
        var group = await carrier.NextAsync();
        group.Commit();

        await Task.WhenAll(first, third).WithinAsync();
        Assert.Equal([3], group.Items);
    }

    [Fact]
    public async Task A_caller_who_gives_up_does_not_stop_the_group_on_its_way()
    {
        var carrier = new Carrier();
        await using var groups = carrier.Groups();
        using var gaveUp = new CancellationTokenSource();
        var caller = groups.CommitAsync(1, gaveUp.Token);
        var group = await carrier.NextAsync();

        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller.WithinAsync());
        Assert.Equal([1], group.Items);
        group.Commit();
    }

    [Fact]
    public async Task Callers_beyond_the_capacity_wait_to_be_admitted()
    {
        var carrier = new Carrier();
        await using var groups = carrier.Groups(capacity: 2);
        var first = groups.CommitAsync(0, CancellationToken.None);
        var firstGroup = await carrier.NextAsync();
        var callers = Enumerable.Range(1, 5).Select(i => groups.CommitAsync(i, CancellationToken.None)).ToArray();

        firstGroup.Commit();
        var second = await carrier.NextAsync();
        Assert.Equal([1, 2], second.Items);

        var carried = second.Items.Count;
        second.Commit();
        while (carried < 5)
        {
            var group = await carrier.NextAsync();
            carried += group.Items.Count;
            group.Commit();
        }

        await Task.WhenAll([first, .. callers]).WithinAsync();
    }

    [Fact]
    public async Task Disposing_waits_for_groups_under_way_and_admits_no_more_items()
    {
        var carrier = new Carrier();
        var groups = carrier.Groups();
        var first = groups.CommitAsync(1, CancellationToken.None);
        var firstGroup = await carrier.NextAsync();
        var second = groups.CommitAsync(2, CancellationToken.None);

        var disposing = groups.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => groups.CommitAsync(3, CancellationToken.None));
        Assert.False(disposing.IsCompleted);
        firstGroup.Commit();
        (await carrier.NextAsync()).Commit();

        await Task.WhenAll(first, second, disposing).WithinAsync();
    }

    [Fact]
    public async Task Disposing_rejects_all_callers_who_wait_to_be_admitted()
    {
        var carrier = new Carrier();
        var groups = carrier.Groups(capacity: 1);
        var first = groups.CommitAsync(1, CancellationToken.None);
        var firstGroup = await carrier.NextAsync();
        var second = groups.CommitAsync(2, CancellationToken.None);
        var notAdmitted = Enumerable.Range(3, 4).Select(i => groups.CommitAsync(i, CancellationToken.None)).ToArray();

        var disposing = groups.DisposeAsync().AsTask();
        foreach (var caller in notAdmitted)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => caller.WithinAsync());
        }

        firstGroup.Commit();
        (await carrier.NextAsync()).Commit();
        await Task.WhenAll(first, second, disposing).WithinAsync();
    }

    [Fact]
    public async Task Items_without_a_caller_share_groups_with_those_that_have_one()
    {
        var carrier = new Carrier();
        await using var groups = carrier.Groups();
        Assert.True(groups.TryAdd(0));
        var first = await carrier.NextAsync();

        Assert.True(groups.TryAdd(1));
        var caller = groups.CommitAsync(2, CancellationToken.None);
        first.Commit();
        var second = await carrier.NextAsync();
        second.Commit();

        await caller.WithinAsync();
        Assert.Equal([1, 2], second.Items);
    }

    [Fact]
    public async Task The_failure_of_items_without_a_caller_is_reported_once_a_group()
    {
        var failed = new TaskCompletionSource<(string Message, int Items)>();
        var carrier = new Carrier();
        await using var groups = carrier.Groups(failed: (exception, items) => failed.SetResult((exception.Message, items)));
        var first = groups.CommitAsync(0, CancellationToken.None);
        var firstGroup = await carrier.NextAsync();
        groups.TryAdd(1);
        groups.TryAdd(2);
        var caller = groups.CommitAsync(3, CancellationToken.None);
        firstGroup.Commit();

        (await carrier.NextAsync()).Fail(new InvalidOperationException("away"));

        Assert.Equal(("away", 2), await failed.Task.WithinAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => caller.WithinAsync());
        await first;
    }

    [Fact]
    public async Task An_item_without_a_caller_is_refused_while_the_queue_is_full_and_after_the_end()
    {
        var carrier = new Carrier();
        var groups = carrier.Groups(capacity: 2);
        Assert.True(groups.TryAdd(0));
        var first = await carrier.NextAsync(); // under way: it takes no room
        Assert.True(groups.TryAdd(1));
        Assert.True(groups.TryAdd(2));

        Assert.False(groups.TryAdd(3));
        first.Commit();
        var second = await carrier.NextAsync();
        Assert.True(groups.TryAdd(4));
        second.Commit();
        (await carrier.NextAsync()).Commit();
        await groups.DisposeAsync().AsTask().WithinAsync();

        Assert.False(groups.TryAdd(5));
        Assert.Equal([1, 2], second.Items);
        Assert.Equal(4, groups.Items);
    }

    [Fact]
    public async Task A_full_group_does_not_wait_for_more_items()
    {
        var carrier = new Carrier();
        await using var groups = carrier.Groups(largestGroup: 1, batchDelay: TimeSpan.FromHours(1));

        var caller = groups.CommitAsync(1, CancellationToken.None);
        (await carrier.NextAsync()).Commit();

        await caller.WithinAsync();
    }

    /// <summary>Callers on several threads, and commits that end at once: a lane becomes idle for nearly each item, and is taken
    /// again.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_lane_that_becomes_idle_carries_one_group_at_a_time(int lanes)
    {
        var (underWay, most) = (0, 0);
        var counts = new int[2, 50_000];
        await using var groups = new GroupCommit<(int Caller, int Number)>(
            items =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref underWay));
                foreach (var (caller, number) in items)
                {
                    Interlocked.Increment(ref counts[caller, number]);
                }

                Interlocked.Decrement(ref underWay);
                return Task.CompletedTask;
            },
            mayBeOfOneItem: _ => false,
            new GroupCommitOptions { Lanes = lanes }
        );

        var early = 0;
        await Task.WhenAll(Enumerable.Range(0, counts.GetLength(0)).Select(CallAsync)).WithinAsync();

        Assert.InRange(most, 1, lanes);
        Assert.Equal(0, early);
        Assert.All(counts.Cast<int>(), count => Assert.Equal(1, count));

        async Task CallAsync(int caller)
        {
            await Task.Yield();
            for (var number = 0; number < counts.GetLength(1); number++)
            {
                await groups.CommitAsync((caller, number), CancellationToken.None);
                if (Volatile.Read(ref counts[caller, number]) == 0)
                {
                    Interlocked.Increment(ref early);
                }
            }
        }

        static void InterlockedMax(ref int target, int value)
        {
            int seen;
            while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen) { }
        }
    }

    [Fact]
    public async Task Every_item_of_many_callers_is_carried_exactly_once()
    {
        var carried = new ConcurrentBag<int>();
        var groups = new GroupCommit<int>(
            async items =>
            {
                await Task.Yield();
                foreach (var item in items)
                {
                    carried.Add(item);
                }
            },
            _ => false,
            new GroupCommitOptions
            {
                Lanes = 3,
                LargestGroup = 16,
                Capacity = 64,
            }
        );

        await Parallel.ForAsync(0, 20_000, async (i, cancellationToken) => await groups.CommitAsync(i, cancellationToken)).WithinAsync();
        await groups.DisposeAsync();

        Assert.Equal(Enumerable.Range(0, 20_000), carried.Order());
        Assert.Equal(20_000, groups.Items);
        Assert.True(groups.Groups <= 20_000);
    }

    /// <summary>Holds every group until the test lets it go.</summary>
    private sealed class Carrier
    {
        private readonly System.Threading.Channels.Channel<Group> _arrived = System.Threading.Channels.Channel.CreateUnbounded<Group>();

        public GroupCommit<int> Groups(
            int lanes = 1,
            int largestGroup = 10_000,
            int capacity = 10_000,
            TimeSpan batchDelay = default,
            Action<Exception, int>? failed = null
        ) =>
            new(
                CarryAsync,
                _ => false,
                new GroupCommitOptions
                {
                    Lanes = lanes,
                    LargestGroup = largestGroup,
                    Capacity = capacity,
                    BatchDelay = batchDelay,
                    Failed = failed,
                }
            );

        public Task<Group> NextAsync() => _arrived.Reader.ReadAsync().AsTask().WithinAsync();

        private Task CarryAsync(IReadOnlyList<int> items)
        {
            var group = new Group([.. items]);
            _arrived.Writer.TryWrite(group);
            return group.Done;
        }
    }

    private sealed class Group(IReadOnlyList<int> items)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<int> Items { get; } = items;
        public Task Done => _done.Task;

        public void Commit() => _done.SetResult();

        public void Fail(Exception exception) => _done.SetException(exception);
    }
}
