using Quorum.MarketData;
using static Quorum.Storage.Tests.Batches.SampleBatches;

namespace Quorum.Storage.Tests.Batches;

public sealed class BatchStoreTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private StorageOnDatabase _storage = null!; // Set before each test.

    private BatchStore Store => _storage.Batches;

    private BatchWork Work => _storage.Work;

    public async Task InitializeAsync() => _storage = await StorageOnDatabase.MigratedAsync(fixture.Database);

    public async Task DisposeAsync() => await _storage.DisposeAsync();

    [Fact]
    public async Task A_new_batch_is_there_at_once_and_what_is_no_symbol_has_failed_already()
    {
        var created = await Store.CreateAsync(Batch("new", "AAPL", "?", "VOD:XLON"), default);

        Assert.Equal(BatchState.Accepted, created.State);
        Assert.Equal((3, 0, 1, 0), created.Counts());
        Assert.Equal(33.3, created.Percent);
        Assert.Equal(created, await Store.FindAsync("new", default));
        var items = (await Store.LoadItemsAsync("new", 0, 10, null, default))!.Items;
        Assert.Equal(
            ["1 AAPL Pending ", "2 ? Failed invalid-symbol", "3 VOD:XLON Pending "],
            items.Select(item => $"{item.Ordinal} {item.Given} {item.Status} {item.Reason}")
        );
        Assert.Equal(["AAPL", null, "VOD:XLON"], items.Select(item => item.Symbol));
        Assert.Equal([null, Now, null], items.Select(item => item.FinishedAt));
    }

    [Fact]
    public async Task The_first_batch_under_an_id_stays_and_the_second_call_returns_it()
    {
        var first = Store.CreateAsync(Batch("same", "AAPL", "MSFT"), default);
        var second = Store.CreateAsync(Batch("same", "IBM"), default);

        Assert.Equal("AAPL,MSFT", (await first).Content);
        Assert.Equal("AAPL,MSFT", (await second).Content);
        Assert.Equal("AAPL,MSFT", (await Store.CreateAsync(Batch("same", "GOOG"), default)).Content);
        Assert.Equal(2, await fixture.Database.QueryAsync<long>("select count(*) from quorum.batch_items where batch_id = 'same'"));
    }

    [Fact]
    public async Task Many_batches_at_once_share_commits()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(number => Store.CreateAsync(Batch($"many-{number}", "AAPL"), default)));

        Assert.Equal(500, await fixture.Database.QueryAsync<long>("select count(*) from quorum.batches where id like 'many-%'"));
        Assert.InRange(
            await fixture.Database.QueryAsync<long>("select count(distinct xmin::text) from quorum.batches where id like 'many-%'"),
            1,
            100
        );
    }

    [Fact]
    public async Task To_begin_a_batch_names_its_first_items_and_to_settle_them_the_next()
    {
        await Store.CreateAsync(Batch("windows", "A", "B", "?", "C", "D"), default);

        var first = (await Work.BeginAsync("windows", "hub", 2, Now, default))!;
        Assert.Equal(BatchState.Running, first.Batch.State);
        Assert.Equal(Now, first.Batch.StartedAt);
        Assert.Equal([1, 2], first.Due);

        var second = await Work.SettleAsync("windows", [Done(1), Failed(2)], 2, Now, default);
        Assert.Equal([4, 5], second.Due);
        Assert.Equal((5, 1, 2, 0), second.Batch.Counts());

        var last = await Work.SettleAsync("windows", [Done(4), Done(5)], 2, Now.AddMinutes(1), default);
        Assert.Empty(last.Due);
        Assert.Equal(BatchState.Completed, last.Batch.State);
        Assert.Equal(Now.AddMinutes(1), last.Batch.FinishedAt);
        Assert.Equal((5, 3, 2, 0), last.Batch.Counts());
        Assert.Equal(100, last.Batch.Percent);
    }

    [Fact]
    public async Task A_batch_of_which_nothing_is_a_symbol_is_complete_when_it_begins()
    {
        await Store.CreateAsync(Batch("nothing", "?", "??"), default);

        var plan = (await Work.BeginAsync("nothing", "hub", 10, Now, default))!;

        Assert.Equal(BatchState.Completed, plan.Batch.State);
        Assert.Equal(Now, plan.Batch.FinishedAt);
        Assert.Empty(plan.Due);
    }

    [Fact]
    public async Task To_begin_what_is_not_there_gives_nothing() => Assert.Null(await Work.BeginAsync("nowhere", "hub", 10, Now, default));

    [Fact]
    public async Task To_settle_an_item_twice_counts_once()
    {
        await Store.CreateAsync(Batch("twice", "A", "B"), default);
        await Work.BeginAsync("twice", "hub", 2, Now, default);

        await Work.SettleAsync("twice", [Done(1, "first")], 2, Now, default);
        var again = await Work.SettleAsync("twice", [Failed(1), Done(2)], 2, Now, default);

        Assert.Equal((2, 2, 0, 0), again.Batch.Counts());
        Assert.Equal(BatchItemStatus.Done, (await Store.LoadItemsAsync("twice", 0, 10, null, default))!.Items[0].Status);
        Assert.Equal(
            "first",
            await fixture.Database.QueryAsync<string>("select quote_id from quorum.batch_items where batch_id = 'twice' and ordinal = 1")
        );
    }

    [Fact]
    public async Task An_item_that_is_put_off_is_due_when_its_time_has_come()
    {
        await Store.CreateAsync(Batch("later", "A"), default);
        await Work.BeginAsync("later", "hub", 5, Now, default);
        var putOff = new SettledItem
        {
            Ordinal = 1,
            Status = BatchItemStatus.Pending,
            NotBefore = Now.AddSeconds(20),
            CountsAsTry = true,
        };

        var plan = await Work.SettleAsync("later", [putOff], 5, Now, default);
        Assert.Empty(plan.Due);
        Assert.Equal(Now.AddSeconds(20), plan.NotBefore);
        Assert.Equal((1, 0, 0, 0), plan.Batch.Counts());

        Assert.Equal([1], (await Work.BeginAsync("later", "hub", 5, Now.AddSeconds(20), default))!.Due);
        Assert.Equal(1, Assert.Single(await Work.LoadAnsweredAsync("later", [1], default)).Tries);
    }

    [Fact]
    public async Task Answers_are_kept_until_their_item_is_settled_and_the_first_one_stays()
    {
        await Store.CreateAsync(Batch("answers", "A", "B"), default);
        await Work.BeginAsync("answers", "hub", 2, Now, default);
        Assert.Equal(
            [new(1, Symbol.Parse("A")), new(2, Symbol.Parse("B"))],
            await Work.FindUnansweredAsync("answers", ProviderId.Finnhub, [1, 2], default)
        );

        await Work.SaveAnswersAsync("answers", [new(1, Outcome(ProviderId.Finnhub, 10m)), new(1, Outcome(ProviderId.Eodhd, 11m))], default);
        await Work.SaveAnswersAsync("answers", [new(1, Outcome(ProviderId.Finnhub, 99m))], default);

        Assert.Equal([new(2, Symbol.Parse("B"))], await Work.FindUnansweredAsync("answers", ProviderId.Finnhub, [1, 2], default));
        Assert.Equal([1, 2], (await Work.FindUnansweredAsync("answers", ProviderId.Massive, [1, 2], default)).Select(item => item.Ordinal));
        var answered = await Work.LoadAnsweredAsync("answers", [1, 2], default);
        Assert.Equal([10m, 11m], answered[0].Outcomes.Select(outcome => outcome.Quote!.Price!.Value).Order());
        Assert.Empty(answered[1].Outcomes);

        await Work.SettleAsync("answers", [Done(1)], 2, Now, default);
        Assert.Equal(0, await fixture.Database.QueryAsync<long>("select count(*) from quorum.batch_answers where batch_id = 'answers'"));
        Assert.Equal([2], (await Work.LoadAnsweredAsync("answers", [1, 2], default)).Select(item => item.Ordinal));
        Assert.Empty(await Work.FindUnansweredAsync("answers", ProviderId.Finnhub, [1], default));
    }

    [Fact]
    public async Task A_done_item_comes_with_its_quote_and_pages_hang_together()
    {
        await Store.CreateAsync(Batch("pages", [.. Enumerable.Range(1, 25).Select(number => $"P{number}")]), default);
        await Work.BeginAsync("pages", "hub", 25, Now, default);
        await _storage.Quotes.PublishAsync(SampleQuotes.Published("pages.3", "P3", Now), announce: false, default);
        await Work.SettleAsync("pages", [Done(3, "pages.3"), Done(4, "deleted since"), Failed(7)], 25, Now, default);

        var ordinals = new List<int>();
        var quotes = new List<string>();
        for (int? after = 0; after is { } place; )
        {
            var page = (await Store.LoadItemsAsync("pages", place, 10, null, default))!;
            ordinals.AddRange(page.Items.Select(item => item.Ordinal));
            quotes.AddRange(
                page.Items.Where(item => item.Quote is not null)
                    .Select(item => $"{item.Ordinal} {System.Text.Encoding.UTF8.GetString(item.Quote!.Value.Span)}")
            );
            after = page.Next;
        }

        Assert.Equal(Enumerable.Range(1, 25), ordinals);
        Assert.Equal(["""3 {"symbol":"P3","instanceId":"pages.3"}"""], quotes);
        Assert.Equal(
            [7],
            (await Store.LoadItemsAsync("pages", 0, 10, BatchItemStatus.Failed, default))!.Items.Select(item => item.Ordinal)
        );
        Assert.Equal([4], (await Store.LoadItemsAsync("pages", 3, 10, BatchItemStatus.Done, default))!.Items.Select(item => item.Ordinal));
        Assert.Null(await Store.LoadItemsAsync("no such batch", 0, 10, null, default));
    }

    [Fact]
    public async Task To_cancel_a_batch_ends_its_open_items_and_keeps_the_others()
    {
        await Store.CreateAsync(Batch("cancelled", "A", "?", "B", "C"), default);
        await Work.BeginAsync("cancelled", "hub", 2, Now, default);
        await Work.SettleAsync("cancelled", [Done(1)], 2, Now, default);

        var cancelled = (await Store.CancelAsync("cancelled", Now.AddSeconds(5), default))!;

        Assert.Equal(BatchState.Cancelled, cancelled.State);
        Assert.Equal((4, 1, 1, 2), cancelled.Counts());
        Assert.Equal(Now.AddSeconds(5), cancelled.FinishedAt);
        Assert.Empty(await Work.FindUnansweredAsync("cancelled", ProviderId.Finnhub, [3, 4], default));
        var late = await Work.SettleAsync("cancelled", [Done(3)], 2, Now.AddSeconds(6), default);
        Assert.Equal((4, 1, 1, 2), late.Batch.Counts());
        Assert.Equal(BatchState.Cancelled, late.Batch.State);
        Assert.Equal(cancelled, await Store.CancelAsync("cancelled", Now.AddHours(1), default));
    }

    [Fact]
    public async Task What_is_complete_or_not_there_cannot_be_cancelled()
    {
        await Store.CreateAsync(Batch("complete", "A"), default);
        await Work.BeginAsync("complete", "hub", 1, Now, default);
        await Work.SettleAsync("complete", [Done(1)], 1, Now, default);

        Assert.Equal(BatchState.Completed, (await Store.CancelAsync("complete", Now, default))!.State);
        Assert.Null(await Store.CancelAsync("no such batch", Now, default));
    }

    [Fact]
    public async Task To_cancel_and_to_settle_at_the_same_time_never_loses_an_item()
    {
        for (var round = 0; round < 20; round++)
        {
            var id = $"race-{round}";
            await Store.CreateAsync(Batch(id, [.. Enumerable.Range(1, 40).Select(number => $"S{number}")]), default);
            await Work.BeginAsync(id, "hub", 40, Now, default);

            await Task.WhenAll(
                Work.SettleAsync(id, [.. Enumerable.Range(1, 20).Select(ordinal => Done(ordinal))], 40, Now, default),
                Store.CancelAsync(id, Now, default),
                Work.SettleAsync(id, [.. Enumerable.Range(21, 20).Select(ordinal => Done(ordinal))], 40, Now, default)
            );
        }

        Assert.Equal(
            0,
            await fixture.Database.QueryAsync<long>(
                """
                select count(*) from quorum.batches where id like 'race-%' and (done + failed + cancelled <> total or finished_at is null
                  or done <> (select count(*) from quorum.batch_items where batch_id = id and status = 'done')
                  or cancelled <> (select count(*) from quorum.batch_items where batch_id = id and status = 'cancelled'))
                """
            )
        );
    }

    [Fact]
    public async Task A_batch_that_is_deleted_while_its_items_are_settled_fails_no_other_of_its_group()
    {
        foreach (var id in (string[])["locked", "kept"])
        {
            await Store.CreateAsync(Batch(id, "A"), default);
            await Work.BeginAsync(id, "hub", 1, Now, default);
        }

        // The first group waits for the lock; the other two calls are the next group.
        await using var blocker = await fixture.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await blocker.BeginTransactionAsync();
        await using (
            var locking = new Npgsql.NpgsqlCommand("select from quorum.batches where id = 'locked' for update", blocker, transaction)
        )
        {
            await locking.ExecuteNonQueryAsync();
        }

        var first = Work.SettleAsync("locked", [Done(1)], 1, Now, default);
        await fixture.Database.WaitUntilAsync(
            "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
        );
        var deleted = Work.SettleAsync("gone", [Done(1)], 1, Now, default);
        var kept = Work.SettleAsync("kept", [Done(1)], 1, Now, default);
        await transaction.RollbackAsync();

        Assert.Equal(BatchState.Completed, (await first).Batch.State);
        Assert.Equal(BatchState.Completed, (await kept).Batch.State);
        Assert.Contains("'gone'", (await Assert.ThrowsAsync<InvalidOperationException>(() => deleted)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_batch_takes_its_items_along()
    {
        await Store.CreateAsync(Batch("deleted", "A", "B"), default);

        await fixture.Database.ExecuteAsync("delete from quorum.batches where id = 'deleted'");

        Assert.Equal(0, await fixture.Database.QueryAsync<long>("select count(*) from quorum.batch_items where batch_id = 'deleted'"));
    }
}
