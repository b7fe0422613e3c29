using System.Text;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class RefusedMessageTests
{
    [Fact]
    public async Task Bad_messages_end_in_the_poison_queue_and_the_operators_table_and_good_ones_are_not_held_up()
    {
        const int Good = 120,
            Bad = 24;
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        using var queue = await QueueOfBatches.OfAsync(database);
        await queue.CreateAsync();
        string[] kinds =
        [
            "not Base64 at all!",
            Base64("no JSON"),
            Base64("""{"version": 9, "batchId": "b"}"""),
            "/////w==",
            Base64($$"""{"version": 1, "batchId": "b", "symbols": [{{string.Join(',', Enumerable.Repeat("\"A\"", 1001))}}]}"""),
            """{"version": 1, "batchId": "plain", "apiKey": "abc"}""",
        ];
        for (var number = 0; number < Good; number++)
        {
            await queue.SendAsync($$"""{"version": 1, "batchId": "good-{{number}}", "symbols": ["T{{1 + (number % 40):0000}}"]}""");
            if (number % (Good / Bad) == 0)
            {
                await queue.SendRawAsync(kinds[number / (Good / Bad) % kinds.Length]);
            }
        }

        await using var app = await RunningApp.StartAsync(database, simulator.Address);
        await database.WaitUntilAsync(
            $"select count(*) = {Good} from quorum.batches where id like 'good-%' and state = 'completed' and done = 1",
            TimeSpan.FromMinutes(2)
        );
        await database.WaitUntilAsync($"select count(*) = {Bad} and min(deliveries) = 5 from quorum.dead_letters", TimeSpan.FromMinutes(2));
        await UntilEmptyAsync(queue, database);

        Assert.Equal(Bad, await queue.CountAsync("quote-batches-poison"));
        Assert.Equal(5, await database.QueryAsync<int>("select max(deliveries) from quorum.dead_letters"));
        Assert.Equal(
            string.Join(
                '\n',
                "It is Base64 of something that is not UTF-8.",
                "It is not Base64.",
                "It is not JSON, or not of this form: line 1, byte 2.",
                "Its version 9 is not known; version 1 is.",
                "symbols must be an array of 1 to 1000 symbols, not of 1001."
            ),
            await database.QueryAsync<string>(
                """select string_agg(reason, e'\n' order by reason collate "C") from (select distinct reason from quorum.dead_letters) as reasons"""
            )
        );
        Assert.Equal(
            """{"version": 1, "batchId": "plain", "apiKey": "***"}""",
            await database.QueryAsync<string>("select min(body) from quorum.dead_letters where body like '%plain%'")
        );
        Assert.InRange(await database.QueryAsync<int>("select max(length(body)) from quorum.dead_letters"), 2000, 2001);
        Assert.All(await queue.PeekAsync("quote-batches-poison"), message => Assert.Contains(message, kinds));
    }

    private static async Task UntilEmptyAsync(QueueOfBatches queue, TestDatabase database)
    {
        using var expired = new CancellationTokenSource(SignalTasks.Deadline);
        while (await queue.CountAsync() > 0)
        {
            await database.ExecuteAsync("select pg_sleep(0.02)", expired.Token);
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
