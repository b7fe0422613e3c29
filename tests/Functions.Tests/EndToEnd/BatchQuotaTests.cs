using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class BatchQuotaTests
{
    [Fact]
    public async Task A_provider_with_few_calls_a_day_gives_what_it_has_and_the_batch_ends_without_waiting_for_more()
    {
        const int Symbols = 30,
            PerDay = 10,
            Reserve = 3;
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        await using var app = await RunningApp.StartAsync(
            database,
            simulator.Address,
            $"Providers:AlphaVantage:Quota:PerDay={PerDay}",
            "Providers:AlphaVantage:Quota:InteractiveReserve=0.3"
        );
        await PostAsync(app, "few", Symbols);
        await database.WaitUntilAsync("select exists (select from quorum.batches where state = 'completed')", TimeSpan.FromMinutes(1));

        Assert.Equal(PerDay - Reserve, await simulator.AskedAsync("alpha-vantage"));
        Assert.Equal(Symbols, await database.QueryAsync<int>("select done from quorum.batches"));
        Assert.Equal(
            PerDay - Reserve,
            await database.QueryAsync<long>("select count(*) from quorum.quotes where completeness = 'complete'")
        );
        Assert.Equal(
            Symbols - PerDay + Reserve,
            await database.QueryAsync<long>("select count(*) from quorum.quotes where completeness = 'partial'")
        );
        Assert.Equal("complete", (await app.GetAsync("quotes/T0031?maxAge=0&budget=10000")).Value("completeness"));
    }

    [Fact]
    public async Task What_has_its_answers_is_recorded_before_the_others_wait_a_minute_for_a_quota()
    {
        const int Symbols = 12,
            PerMinute = 10,
            Reserve = 3;
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        await using var app = await RunningApp.StartAsync(database, simulator.Address, $"Providers:Finnhub:Quota:PerMinute={PerMinute}");

        await PostAsync(app, "waiting", Symbols);
        await database.WaitUntilAsync($"select exists (select from quorum.batches where done = {PerMinute - Reserve})");
        using var cancel = new HttpRequestMessage(HttpMethod.Delete, "/api/batches/waiting");
        var cancelled = await app.SendAsync(cancel, CancellationToken.None);

        Assert.Equal(("cancelled", $"{PerMinute - Reserve}"), (cancelled.Value("state"), cancelled.Value("done")));
        Assert.Equal(PerMinute - Reserve, await simulator.AskedAsync("finnhub"));
        Assert.Equal(
            PerMinute - Reserve,
            await database.QueryAsync<long>("select count(*) from quorum.quotes where completeness = 'complete'")
        );
        await database.WaitUntilAsync(
            "select exists (select from taskhub.instances where instance_id = 'waiting' and completed_at is not null)"
        );
    }

    private static async Task PostAsync(RunningApp app, string id, int symbols)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/batches")
        {
            Content = new StringContent(
                $$"""{"batchId": "{{id}}", "symbols": [{{string.Join(',', Enumerable.Range(1, symbols).Select(number => $"\"T{number:0000}\""))}}]}""",
                Encoding.UTF8,
                new MediaTypeHeaderValue("application/json")
            ),
        };
        Assert.Equal(HttpStatusCode.Accepted, (await app.SendAsync(request, CancellationToken.None)).Status);
    }
}
