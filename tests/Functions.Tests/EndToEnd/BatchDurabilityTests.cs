using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using Npgsql;
using Quorum.Functions.Batches;
using Quorum.LocalServices.Azurite;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using Xunit.Abstractions;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>
/// Batches when processes are killed, messages are delivered twice and several processes work. The long facts have the size that the
/// product promises; <c>QUORUM_LONG_TESTS=1 dotnet test --logger "console;verbosity=detailed"</c> shows their figures.
/// </summary>
public sealed class BatchDurabilityTests(ITestOutputHelper output)
{
    private const string SoonTakenOver = "TaskHub:Lease=00:00:02";

    [Fact]
    public Task A_batch_survives_kills_and_double_messages_and_asks_again_only_for_what_was_on_its_way() =>
        SurviveAsync(known: 180, unknown: 4, malformed: 6, kills: 2);

    [LongFact]
    public Task A_batch_of_a_thousand_survives_five_kills() => SurviveAsync(known: 960, unknown: 20, malformed: 20, kills: 5);

    [Fact]
    public async Task Processes_on_one_hub_share_batches_and_carry_on_with_those_of_a_dead_one()
    {
        const int Symbols = 20;
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        using var queue = await QueueOfBatches.OfAsync(database);
        await queue.CreateAsync();
        await simulator.FailAsync(new { kind = "slow-headers", ms = 300 });
        await using var one = await AppProcess.StartAsync(database, simulator.Address, SoonTakenOver);
        await using var other = await AppProcess.StartAsync(database, simulator.Address, SoonTakenOver);

        var batches = 0;
        using var expired = new CancellationTokenSource(SignalTasks.Deadline);
        do
        {
            var symbols = Quoted(Enumerable.Range(batches % 50 * Symbols, Symbols).Select(Ticker));
            await queue.SendAsync($$"""{"version": 1, "batchId": "shared-{{batches++}}", "symbols": [{{symbols}}]}""");
            await database.ExecuteAsync("select pg_sleep(0.05)", expired.Token);
        } while (
            !await database.QueryAsync<bool>(
                "select count(distinct owner) = 2 from taskhub.instances where name = 'AggregateBatch' and completed_at is null"
            )
        );

        await one.KillAsync();
        await simulator.MendAsync();
        await database.WaitUntilAsync(
            $"select count(*) = {batches} from quorum.batches where state = 'completed'",
            TimeSpan.FromMinutes(2)
        );

        Assert.Equal(batches * Symbols, await database.QueryAsync<long>("select sum(done) from quorum.batches"));
        Assert.Equal(batches * Symbols, await database.QueryAsync<long>("select count(*) from quorum.quotes"));
    }

    [Fact]
    public async Task A_message_that_comes_while_PostgreSQL_is_away_is_not_given_up()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        using var queue = await QueueOfBatches.OfAsync(database);
        await queue.CreateAsync();
        var oneDelivery = new Dictionary<string, string?> { ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "1" };
        await using var app = await AppProcess.StartAsync(database, simulator.Address, oneDelivery);
        await using var server = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "postgres" }.ConnectionString
        );

        await ExecuteAsync($"alter database {database.Name} with allow_connections false");
        await ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database.Name}'");
        await queue.SendAsync("""{"version": 1, "batchId": "patient", "symbols": ["T0001", "T0002"]}""");
        await app.UntilItSaysAsync("The start of batch patient waits");
        await ExecuteAsync($"alter database {database.Name} with allow_connections true");

        await database.WaitUntilAsync(
            "select exists (select from quorum.batches where id = 'patient' and state = 'completed' and done = 2)"
        );

        async Task ExecuteAsync(string sql)
        {
            await using var command = server.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>The good ones a few hundred ahead of the app, the bad ones among them. What would show the emulator's speed instead of ours
    /// is left out: it sorts all messages of a queue for each receive, and in memory sweeps every minute, for half a minute at a time, what
    /// thousands of messages left.</summary>
    [LongFact]
    public async Task Ten_thousand_good_messages_and_a_thousand_bad_ones_all_end_where_they_belong()
    {
        const int Good = 10_000,
            Bad = 1_000,
            Ahead = 300,
            Round = 100;
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        using var folder = new TemporaryFolder();
        await using var azurite = await LocalAzurite.StartAsync(new LocalAzuriteOptions { DataDirectory = folder["azurite"] });
        using var queue = new QueueOfBatches(azurite.ConnectionString);
        await queue.CreateAsync();
        string[] kinds =
        [
            "not Base64!",
            "/////w==",
            .. new[]
            {
                "no JSON",
                """["no object"]""",
                """{"batchId": "b", "symbols": ["A"]}""",
                """{"version": 9, "batchId": "b", "symbols": ["A"]}""",
                """{"version": 1, "batchId": "a b", "symbols": ["A"]}""",
                $$"""{"version": 1, "batchId": "b", "symbols": [{{Quoted(Enumerable.Repeat("A", 1001))}}]}""",
                """{"version": 1, "batchId": "b", "symbols": ["\ud800"]}""",
                """{"version": 1, "batchId": "never-stored"}""",
            }.Select(json => Convert.ToBase64String(Encoding.UTF8.GetBytes(json))),
        ];

        var clock = Stopwatch.StartNew();
        await using var app = await AppProcess.StartAsync(database, simulator.Address, $"AzureWebJobsStorage={azurite.ConnectionString}");
        output.WriteLine($"The app serves after {clock.Elapsed.TotalSeconds:F1} s.");
        for (var sent = 0; sent < Good; sent += Round)
        {
            await database.WaitUntilAsync($"select {sent} - count(*) <= {Ahead - Round} from quorum.batches where state = 'completed'");
            await Parallel.ForAsync(
                sent,
                sent + Round,
                new ParallelOptions { MaxDegreeOfParallelism = 4 },
                async (number, _) =>
                {
                    await queue.SendAsync($$"""{"version": 1, "batchId": "good-{{number}}", "symbols": ["{{Ticker(number % 2000)}}"]}""");
                    if (number % (Good / Bad) == 0)
                    {
                        await queue.SendRawAsync(kinds[number / (Good / Bad) % kinds.Length]);
                    }
                }
            );
            if ((sent + Round) % 1000 == 0)
            {
                output.WriteLine($"{sent + Round} are sent after {clock.Elapsed.TotalSeconds:F0} s.");
            }
        }

        await database.WaitUntilAsync($"select count(*) = {Good} from quorum.batches where state = 'completed' and done = 1");
        output.WriteLine(
            $"{Good} batches of one symbol are completed after {clock.Elapsed.TotalSeconds:F1} s: {Good / clock.Elapsed.TotalSeconds:F0} a second; {await simulator.CountCallsAsync()} provider calls."
        );
        await database.WaitUntilAsync($"select count(*) = {Bad} from quorum.dead_letters");
        using var expired = new CancellationTokenSource(SignalTasks.Deadline);
        while (await queue.CountAsync() > 0)
        {
            await database.ExecuteAsync("select pg_sleep(0.1)", expired.Token);
        }

        output.WriteLine($"{Bad} bad messages are put aside after {clock.Elapsed.TotalSeconds:F1} s.");
        Assert.Equal(5, await database.QueryAsync<int>("select max(deliveries) from quorum.dead_letters"));
        Assert.Equal(Bad, await queue.CountAsync("quote-batches-poison"));
        Assert.Equal(Good, await database.QueryAsync<long>("select count(*) from quorum.batches"));
        Assert.Equal(kinds.Length, await database.QueryAsync<long>("select count(distinct reason) from quorum.dead_letters"));
        Assert.Equal(
            Bad / kinds.Length,
            await database.QueryAsync<long>(
                "select min(letters) from (select count(*) as letters from quorum.dead_letters group by reason) as reasons"
            )
        );
    }

    private async Task SurviveAsync(int known, int unknown, int malformed, int kills)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync(scale: 1);
        using var queue = await QueueOfBatches.OfAsync(database);
        using var http = new HttpClient();
        var total = known + unknown + malformed;
        string[] symbols =
        [
            .. Enumerable.Range(0, known).Select(Ticker),
            .. Enumerable.Range(0, unknown).Select(number => $"ZZQ{number}"),
            .. Enumerable.Range(0, malformed).Select(number => $"no symbol {number}"),
        ];
        Random.Shared.Shuffle(symbols);

        var clock = Stopwatch.StartNew();
        var app = await AppProcess.StartAsync(database, simulator.Address, SoonTakenOver);
        try
        {
            using var posted = await http.PostAsJsonAsync(new Uri(app.Address, "/api/batches"), new { batchId = "survivor", symbols });
            posted.EnsureSuccessStatusCode();
            await queue.SendRawAsync(BatchMessage.Write("survivor"));
            for (var kill = 1; kill <= kills; kill++)
            {
                await database.WaitUntilAsync(
                    $"select exists (select from quorum.batches where done + failed - {malformed} >= {(total - malformed) * kill / (kills + 1)})",
                    TimeSpan.FromMinutes(3)
                );
                await app.KillAsync();
                await app.DisposeAsync();
                app = await AppProcess.StartAsync(database, simulator.Address, SoonTakenOver);
                await queue.SendRawAsync(BatchMessage.Write("survivor"));
            }

            await database.WaitUntilAsync("select exists (select from quorum.batches where state = 'completed')", TimeSpan.FromMinutes(5));
        }
        finally
        {
            await app.DisposeAsync();
        }

        output.WriteLine($"{total} symbols with {kills} kills took {clock.Elapsed.TotalSeconds:F1} s.");
        Assert.Equal(
            $"{total} {known} {unknown + malformed}",
            await database.QueryAsync<string>("select format('%s %s %s', total, done, failed) from quorum.batches")
        );
        Assert.Equal(
            known,
            await database.QueryAsync<long>(
                "select count(*) from quorum.quotes join quorum.batch_items on quote_id = id where completeness = 'complete'"
            )
        );
        Assert.Equal(
            $"invalid-symbol {malformed}, unknown-symbol {unknown}",
            await database.QueryAsync<string>(
                "select string_agg(reason || ' ' || count, ', ' order by reason) from (select reason, count(*) from quorum.batch_items where status = 'failed' group by 1) as reasons"
            )
        );

        // Each symbol once for each provider; a process takes at most so many calls with it. A provider of batches asks again by itself for
        // what a symbol that it does not know has spoilt, and so is left out here.
        foreach (var provider in (string[])["finnhub", "alpha-vantage"])
        {
            var asked = await simulator.AskedAsync(provider);
            output.WriteLine($"{provider}: {asked} calls, {asked - known - unknown} beyond the items.");
            Assert.InRange(asked, known + unknown, known + unknown + (kills * new BatchOptions().CallsPerBatch));
        }

        foreach (var provider in (string[])["twelve-data", "massive", "alpaca", "eodhd"])
        {
            output.WriteLine($"{provider}: {await simulator.AskedAsync(provider)} calls.");
        }
    }

    private static string Ticker(int number) => $"T{1 + number:0000}";

    private static string Quoted(IEnumerable<string> symbols) => string.Join(',', symbols.Select(symbol => $"\"{symbol}\""));
}
