namespace Quorum.Storage.Tests.Batches;

public sealed class DeadLettersTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task A_message_has_one_row_that_counts_its_deliveries_and_gives_the_last_reason()
    {
        await using var storage = await StorageOnDatabase.MigratedAsync(fixture.Database);
        var first = new DeadLetter("quote-batches", "one", "It is no JSON.", "{", SampleBatches.Now);

        await storage.DeadLetters.RecordAsync(first, default);
        await storage.DeadLetters.RecordAsync(first with { Reason = "It is still no JSON.", SeenAt = SampleBatches.Now.AddMinutes(1) }, default);
        await storage.DeadLetters.RecordAsync(first with { MessageId = "two" }, default);

        Assert.Equal(
            "one: 2 deliveries, It is still no JSON., {, 60 s; two: 1 deliveries, It is no JSON., {, 0 s",
            await fixture.Database.QueryAsync<string>(
                """
                select string_agg(format('%s: %s deliveries, %s, %s, %s s', message_id, deliveries, reason, body, extract(epoch from last_seen_at - first_seen_at)::integer), '; ' order by message_id)
                  from quorum.dead_letters
                """));
    }
}
