namespace Quorum.Storage.Tests.Batches;

public sealed class DeadLettersTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task A_message_has_one_row_that_counts_its_deliveries_and_gives_the_last_reason()
    {
        await using var storage = await StorageOnDatabase.MigratedAsync(fixture.Database);
        var first = new DeadLetter("quote-batches", "one", "It is no JSON.", "{", SampleBatches.Now);

        await storage.DeadLetters.RecordAsync(first, default);
        await storage.DeadLetters.RecordAsync(
            first with
            {
                Reason = "It is still no JSON.",
                SeenAt = SampleBatches.Now.AddMinutes(1),
            },
            default
        );
        await storage.DeadLetters.RecordAsync(first with { MessageId = "two" }, default);

        Assert.Equal(
            "one: 2 deliveries, It is still no JSON., {, 60 s; two: 1 deliveries, It is no JSON., {, 0 s",
            await fixture.Database.QueryAsync<string>(
                """
                select string_agg(format('%s: %s deliveries, %s, %s, %s s', message_id, deliveries, reason, body, extract(epoch from last_seen_at - first_seen_at)::integer), '; ' order by message_id)
                  from quorum.dead_letters where message_id in ('one', 'two')
                """
            )
        );
    }

    [Fact]
    public async Task A_message_is_claimed_once_for_each_time_that_it_was_read()
    {
        await using var storage = await StorageOnDatabase.MigratedAsync(fixture.Database);
        var letter = await KeptAsync(storage, "claimed");

        var claims = await Task.WhenAll(
            Enumerable.Range(1, 8).Select(minute => storage.DeadLetters.ClaimAsync(letter, SampleBatches.Now.AddMinutes(minute), default))
        );

        Assert.Single(claims, claim => claim);
        var claimed = await storage.DeadLetters.FindAsync(letter.Id, default);
        Assert.Equal(("ew==", true), (claimed!.Message, claimed.RequeuedAt > SampleBatches.Now));
        Assert.True(await storage.DeadLetters.ClaimAsync(claimed, SampleBatches.Now.AddHours(1), default));
    }

    [Fact]
    public async Task A_claim_that_is_repeated_after_a_lost_answer_succeeds_again_and_another_one_does_not()
    {
        await using var storage = await StorageOnDatabase.MigratedAsync(fixture.Database);
        var letter = await KeptAsync(storage, "repeated");
        var now = SampleBatches.Now.AddTicks(7); // finer than PostgreSQL's microseconds
        Assert.True(await storage.DeadLetters.ClaimAsync(letter, now, default));

        Assert.True(await storage.DeadLetters.ClaimAsync(letter, now, default));
        Assert.False(await storage.DeadLetters.ClaimAsync(letter, now.AddMilliseconds(1), default));
    }

    [Fact]
    public async Task A_message_that_is_not_kept_is_never_claimed()
    {
        await using var storage = await StorageOnDatabase.MigratedAsync(fixture.Database);
        var id = new DeadLetterId("quote-batches", "masked");
        await storage.DeadLetters.RecordAsync(new DeadLetter(id.Queue, id.MessageId, "It is no JSON.", "***", SampleBatches.Now), default);
        var letter = await storage.DeadLetters.FindAsync(id, default);

        Assert.Null(letter!.Message);
        Assert.False(await storage.DeadLetters.ClaimAsync(letter, SampleBatches.Now, default));
        Assert.Null(await storage.DeadLetters.FindAsync(id with { MessageId = "other" }, default));
    }

    private static async Task<StoredDeadLetter> KeptAsync(StorageOnDatabase storage, string messageId)
    {
        await storage.DeadLetters.RecordAsync(
            new DeadLetter("quote-batches", messageId, "It is no JSON.", "{", SampleBatches.Now, "ew=="),
            default
        );
        return (await storage.DeadLetters.FindAsync(new DeadLetterId("quote-batches", messageId), default))!; // just recorded
    }
}
