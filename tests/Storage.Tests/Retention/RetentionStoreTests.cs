namespace Quorum.Storage.Tests.Retention;

public sealed class RetentionStoreTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private TestDatabase _database = null!; // Set before each test.
    private StorageOnDatabase _storage = null!;
    private RetentionStore _retention = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _storage = await StorageOnDatabase.MigratedAsync(_database);
        _retention = new RetentionStore(_storage.Database);
    }

    public async Task DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Quotes_go_in_chunks_and_those_within_their_retention_stay()
    {
        for (var i = 0; i < 10; i++)
        {
            await _storage.Quotes.PublishAsync(
                SampleQuotes.Published($"q{i}", "AAPL", Noon.AddHours(i)),
                announce: false,
                CancellationToken.None
            );
        }

        Assert.Equal(3, await _retention.DeleteQuotesAsync(Noon.AddHours(5), 3, CancellationToken.None));
        Assert.Equal(2, await _retention.DeleteQuotesAsync(Noon.AddHours(5), 3, CancellationToken.None));
        Assert.Equal(5, await _database.QueryAsync<long>("select count(*) from quorum.quotes where published_at >= '2026-11-20T17:00Z'"));
        Assert.Equal(0, await _retention.DeleteQuotesAsync(Noon.AddHours(5), 3, CancellationToken.None));
    }

    [Fact]
    public async Task Usage_of_earlier_days_goes()
    {
        await _database.ExecuteAsync(
            "insert into quorum.consumer_usage (consumer, day) values ('desk', '2026-11-18'), ('', '2026-11-19'), ('desk', '2026-11-20')"
        );

        Assert.Equal(2, await _retention.DeleteUsageAsync(Noon, 10, CancellationToken.None));
        Assert.Equal("2026-11-20", await _database.QueryAsync<string>("select string_agg(day::text, ',') from quorum.consumer_usage"));
    }

    [Fact]
    public async Task Finished_batches_go_with_their_items_and_running_ones_stay()
    {
        await _database.ExecuteAsync(
            """
            insert into quorum.batches (id, content, state, total, created_at, finished_at) values
              ('old', '', 'completed', 1, '2026-11-20T10:00Z', '2026-11-20T11:00Z'),
              ('new', '', 'completed', 1, '2026-11-20T10:00Z', '2026-11-20T13:00Z'),
              ('running', '', 'running', 1, '2026-11-20T10:00Z', null);
            insert into quorum.batch_items (batch_id, ordinal, given, symbol) values ('old', 1, 'A', 'A'), ('new', 1, 'A', 'A'), ('running', 1, 'A', 'A');
            """
        );

        Assert.Equal(1, await _retention.DeleteBatchesAsync(Noon, 10, CancellationToken.None));

        Assert.Equal(
            "new,running",
            await _database.QueryAsync<string>("select string_agg(batch_id, ',' order by batch_id) from quorum.batch_items")
        );
    }

    [Fact]
    public async Task Dead_letters_popularities_refreshes_traces_and_last_known_quotes_go_by_their_last_use()
    {
        await _database.ExecuteAsync(
            """
            insert into quorum.dead_letters (queue, message_id, reason, body, deliveries, first_seen_at, last_seen_at) values
              ('q', 'old', '', '', 5, '2026-11-20T10:00Z', '2026-11-20T11:00Z'), ('q', 'new', '', '', 5, '2026-11-20T10:00Z', '2026-11-20T13:00Z');
            insert into quorum.popularity (symbol, score, counted_at) values ('OLD', 9, '2026-11-20T11:00Z'), ('NEW', 9, '2026-11-20T13:00Z');
            insert into quorum.refreshes (symbol, not_before) values ('OLD', '2026-11-20T11:00Z'), ('NEW', '2026-11-20T13:00Z');
            insert into quorum.provider_quotes (symbol, provider, usable, received_at, quote) values
              ('OLD', 'eodhd', true, '2026-11-20T11:00Z', '{}'), ('NEW', 'eodhd', true, '2026-11-20T13:00Z', '{}');
            insert into quorum.fetch_claims (instance_id, provider, claimed_at) values ('old', 'eodhd', '2026-11-20T11:00Z'), ('new', 'eodhd', '2026-11-20T13:00Z');
            insert into quorum.traces (trace_id, instance_id, symbol, recorded_at, waterfall) values
              ('a', 'i', 'OLD', '2026-11-20T11:00Z', '{}'), ('b', 'i', 'OLD', '2026-11-20T11:00Z', null), ('a', 'j', 'NEW', '2026-11-20T13:00Z', '{}');
            """
        );

        Assert.Equal(1, await _retention.DeleteFetchClaimsAsync(Noon, 10, CancellationToken.None));
        Assert.Equal("new", await _database.QueryAsync<string>("select instance_id from quorum.fetch_claims"));
        Assert.Equal(1, await _retention.DeleteDeadLettersAsync(Noon, 10, CancellationToken.None));
        Assert.Equal(1, await _retention.DeletePopularitiesAsync(Noon, 10, CancellationToken.None));
        Assert.Equal(1, await _retention.DeleteRefreshesAsync(Noon, 10, CancellationToken.None));
        Assert.Equal(1, await _retention.DeleteProviderQuotesAsync(Noon, 10, CancellationToken.None));
        Assert.Equal(2, await _retention.DeleteTracesAsync(Noon, 10, CancellationToken.None));

        Assert.Equal("new", await _database.QueryAsync<string>("select message_id from quorum.dead_letters"));
        foreach (var table in (string[])["popularity", "refreshes", "provider_quotes", "traces"])
        {
            Assert.Equal("NEW", await _database.QueryAsync<string>($"select symbol from quorum.{table}"));
        }
    }
}
