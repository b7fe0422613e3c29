using System.Net;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class StartTests
{
    [Fact]
    public async Task The_rehearsal_asks_no_provider_and_leaves_nothing_behind()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        await using var app = await RunningApp.StartAsync(database, simulator.Address);

        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("health/ready")).Status);
        Assert.Equal(0, await simulator.CountCallsAsync());
        Assert.Equal(0, await database.QueryAsync<long>(
            """
            select (select count(*) from taskhub.instances) + (select count(*) from taskhub.history)
                 + (select count(*) from quorum.quotes) + (select count(*) from quorum.provider_quotes)
            """));
    }
}
