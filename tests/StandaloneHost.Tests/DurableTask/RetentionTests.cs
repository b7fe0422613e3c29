using Microsoft.DurableTask.Client;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.DurableTask;

/// <summary>The guarantees for a timer that deletes thousands of old instances at a time.</summary>
public sealed class RetentionTests : IAsyncLifetime
{
    private TestDatabase _database = null!; // set before each test
    private TestWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _worker = await TestWorker.StartAsync(_database, _ => { });
        // One a minute, the last a minute ago; each has three rows of history, each hundredth is not finished and each third has failed.
        await _database.ExecuteAsync(
            """
            insert into taskhub.instances (instance_id, generation, name, status, created_at, updated_at, completed_at, wake_at)
            select md5(n::text), 0, 'Old', case when n % 100 = 0 then 'Running' when n % 3 = 0 then 'Failed' else 'Completed' end,
                   now() - n * interval '1 minute', now(), case when n % 100 = 0 then null else now() end, 'infinity'
              from generate_series(1, 6000) as n;
            insert into taskhub.history (instance_id, generation, sequence, events)
            select md5(n::text), 0, s, '[]' from generate_series(1, 6000) as n, generate_series(0, 2) as s;
            insert into taskhub.inbox (instance_id, event) select md5(n::text), '{"type":"ExecutionResumed"}' from generate_series(1, 6000, 7) as n where n % 100 > 0;
            analyze taskhub.instances, taskhub.history;
            """
        );
    }

    public async Task DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Thousands_of_finished_instances_go_with_their_history_and_the_others_stay()
    {
        var before = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1000);

        var purged = await _worker.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(CreatedTo: before));

        Assert.InRange(purged.PurgedInstanceCount, 4950, 4960); // 5,001 but for 51 that are not finished; a few minutes may have passed
        Assert.Equal(6000 - purged.PurgedInstanceCount, await _database.QueryAsync<long>("select count(*) from taskhub.instances"));
        Assert.Equal(3L * (6000 - purged.PurgedInstanceCount), await _database.QueryAsync<long>("select count(*) from taskhub.history"));
        Assert.Equal(60L, await _database.QueryAsync<long>("select count(*) from taskhub.instances where completed_at is null"));
        Assert.Equal(
            0L,
            await _database.QueryAsync<long>(
                "select count(*) from taskhub.inbox as m where not exists (select from taskhub.instances where instance_id = m.instance_id)"
            )
        );
        Assert.Equal(0, (await _worker.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(CreatedTo: before))).PurgedInstanceCount);
    }

    [Fact]
    public async Task Only_those_in_the_statuses_asked_for_go()
    {
        var purged = await _worker.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(Statuses: [OrchestrationRuntimeStatus.Failed]));

        Assert.Equal(1980, purged.PurgedInstanceCount); // each third but each three-hundredth
        Assert.False(await _database.QueryAsync<bool>("select exists (select from taskhub.instances where status = 'Failed')"));
    }

    [Fact]
    public async Task A_purge_reads_the_instances_that_it_deletes_and_not_the_whole_table_again_and_again()
    {
        await _worker.Client.PurgeAllInstancesAsync(
            new PurgeInstancesFilter(CreatedTo: DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1000))
        );

        await _database.WaitUntilAsync("select idx_tup_read > 0 from pg_stat_user_indexes where indexrelname = 'instances_created'");
        var read = await _database.QueryAsync<long>(
            "select idx_tup_read from pg_stat_user_indexes where indexrelname = 'instances_created'"
        );
        Assert.InRange(read, 1, 8000);
    }

    [Fact]
    public async Task Pages_of_a_query_show_each_instance_once()
    {
        var from = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(3000);
        var seen = new List<OrchestrationMetadata>();
        await foreach (var instance in _worker.Client.GetAllInstancesAsync(new OrchestrationQuery(CreatedFrom: from, PageSize: 70)))
        {
            seen.Add(instance);
        }

        Assert.InRange(seen.Count, 2990, 3000); // a few minutes may have passed
        Assert.Equal(seen.Count, seen.Select(instance => instance.InstanceId).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(seen.Select(instance => instance.CreatedAt), seen.Select(instance => instance.CreatedAt).Order());
        await _database.WaitUntilAsync("select idx_tup_read > 0 from pg_stat_user_indexes where indexrelname = 'instances_created'");
        Assert.InRange(
            await _database.QueryAsync<long>("select idx_tup_read from pg_stat_user_indexes where indexrelname = 'instances_created'"),
            1,
            6000
        );
    }
}
