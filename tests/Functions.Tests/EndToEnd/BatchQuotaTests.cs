using System.Net.Http.Headers;
using System.Text;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class BatchQuotaTests
{
    [Fact]
    public async Task A_provider_with_few_calls_a_day_gives_what_it_has_and_the_batch_ends_without_waiting_for_more()
    {
        const int Symbols = 30, PerDay = 10, Reserve = 3;
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        await using var app = await RunningApp.StartAsync(
            database, simulator.Address, $"Providers:AlphaVantage:Quota:PerDay={PerDay}", "Providers:AlphaVantage:Quota:InteractiveReserve=0.3");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/batches")
        {
            Content = new StringContent(
                $$"""{"batchId": "few", "symbols": [{{string.Join(',', Enumerable.Range(1, Symbols).Select(number => $"\"T{number:0000}\""))}}]}""",
                Encoding.UTF8,
                new MediaTypeHeaderValue("application/json")),
        };

        await app.SendAsync(request, CancellationToken.None);
        await database.WaitUntilAsync("select exists (select from quorum.batches where state = 'completed')", TimeSpan.FromMinutes(1));

        Assert.Equal(PerDay - Reserve, await simulator.AskedAsync("alpha-vantage"));
        Assert.Equal(Symbols, await database.QueryAsync<int>("select done from quorum.batches"));
        Assert.Equal(PerDay - Reserve, await database.QueryAsync<long>("select count(*) from quorum.quotes where completeness = 'complete'"));
        Assert.Equal(Symbols - PerDay + Reserve, await database.QueryAsync<long>("select count(*) from quorum.quotes where completeness = 'partial'"));
        Assert.Equal("complete", (await app.GetAsync("quotes/T0031?maxAge=0&budget=10000")).Value("completeness"));
    }
}
