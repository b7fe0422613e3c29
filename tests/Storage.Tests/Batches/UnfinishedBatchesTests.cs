using static Quorum.Storage.Tests.Batches.SampleBatches;

namespace Quorum.Storage.Tests.Batches;

public sealed class UnfinishedBatchesTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private StorageOnDatabase _storage = null!; // Set before each test.
    private UnfinishedBatches _unfinished = null!;

    public async Task InitializeAsync()
    {
        _storage = await StorageOnDatabase.MigratedAsync(fixture.Database);
        _unfinished = new UnfinishedBatches(_storage.Database);
        await fixture.Database.ExecuteAsync("delete from quorum.batches");
    }

    public async Task DisposeAsync() => await _storage.DisposeAsync();

    [Fact]
    public async Task A_task_hub_sees_its_own_batches_and_those_of_which_the_hub_is_not_known()
    {
        await CreateAsync("accepted", "mine", "of-another", "of-an-earlier-build", "finished");
        await _storage.Work.BeginAsync("mine", "hub", 1, Now, default);
        await _storage.Work.BeginAsync("of-another", "other", 1, Now, default);
        await _storage.Work.BeginAsync("of-an-earlier-build", taskHub: null, 1, Now, default);
        await _storage.Batches.CancelAsync("finished", Now, default);

        Assert.Equal(["accepted", "mine", "of-an-earlier-build"], await ListAsync(Now.AddTicks(10)));
        Assert.Empty(await ListAsync(Now));
        Assert.Equal("other", (await _storage.Batches.FindAsync("of-another", default))!.TaskHub);
    }

    [Fact]
    public async Task Pages_follow_each_other_in_the_order_of_ids()
    {
        await CreateAsync("c", "a", "b");

        var first = await _unfinished.ListAsync("hub", Now.AddHours(1), "", 2, default);
        var second = await _unfinished.ListAsync("hub", Now.AddHours(1), first[^1].Id, 2, default);

        Assert.Equal(["a", "b"], first.Select(batch => batch.Id));
        Assert.Equal(["c"], second.Select(batch => batch.Id));
    }

    [Fact]
    public async Task Failing_a_batch_fails_its_open_items_and_changes_no_finished_one()
    {
        await _storage.Batches.CreateAsync(Batch("failing", "A", "B", "?"), default);
        await _storage.Work.BeginAsync("failing", "hub", 1, Now, default);
        await _storage.Work.SettleAsync("failing", [Done(1)], 1, Now, default);

        var failed = await _unfinished.FailAsync("failing", "orchestration-failed", "It failed.", Now.AddMinutes(1), default);
        var again = await _unfinished.FailAsync("failing", "orchestration-purged", "It is gone.", Now.AddMinutes(2), default);

        Assert.Equal((BatchState.Completed, (3, 1, 2, 0), Now.AddMinutes(1)), (failed!.State, failed.Counts(), failed.FinishedAt));
        Assert.Equal(failed, again);
        Assert.Equal("orchestration-failed", (await _storage.Batches.LoadItemsAsync("failing", 0, 10, null, default))!.Items[1].Reason);
    }

    private async Task CreateAsync(params string[] ids)
    {
        foreach (var id in ids)
        {
            await _storage.Batches.CreateAsync(Batch(id, "A"), default);
        }
    }

    private async Task<IEnumerable<string>> ListAsync(DateTimeOffset before) =>
        (await _unfinished.ListAsync("hub", before, "", 100, default)).Select(batch => batch.Id);
}
