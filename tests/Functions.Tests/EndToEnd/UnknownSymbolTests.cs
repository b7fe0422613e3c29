using System.Net;
using System.Text;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>The cost of unknown symbols in provider calls and rows, in apps on a database of each test's own.</summary>
public sealed class UnknownSymbolTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>, IAsyncLifetime
{
    private const string Patient = "budget=10000&maxAge=0";

    private TestDatabase _database = null!; // Set before each test.

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_key_that_asked_for_too_many_of_them_gets_a_429_and_known_symbols_and_other_keys_go_on()
    {
        await using var app = await StartAsync("Quorum:Consumers:UnknownSymbolCalls=6");
        var desk = ("x-quorum-key", await ConsumerRequests.CreateAsync(app, """{"name":"desk"}"""));
        var fund = ("x-quorum-key", await ConsumerRequests.CreateAsync(app, """{"name":"fund"}"""));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync($"quotes/T0101?{Patient}", desk)).Status); // in memory from now on

        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync($"quotes/ZZQA1?{Patient}", desk)).Status);
        var refused = await app.GetAsync($"quotes/ZZQA2?{Patient}", desk);

        Assert.Equal((HttpStatusCode.TooManyRequests, "urn:quorum:problem:consumer-limit"), (refused.Status, refused.Value("type")));
        Assert.Equal(
            "Consumer 'desk' may cause 6 provider calls an hour for symbols that no provider knows, and they are used up.",
            refused.Value("detail")
        );
        Assert.InRange(int.Parse(refused.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 600);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync($"quotes/AAPL?{Patient}", desk)).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync($"quotes/T0101?{Patient}", desk)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync($"quotes/ZZQA1?{Patient}", desk)).Status); // remembered: asks no provider
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync($"quotes/ZZQA2?{Patient}", fund)).Status);
    }

    [Fact]
    public async Task New_symbols_that_exist_cost_nothing_of_the_limit()
    {
        await using var app = await StartAsync("Quorum:Consumers:UnknownSymbolCalls=1");

        for (var number = 110; number < 115; number++)
        {
            Assert.Equal(HttpStatusCode.OK, (await app.GetAsync($"quotes/T0{number}?{Patient}")).Status);
        }
    }

    [Fact]
    public async Task An_unknown_symbol_leaves_no_quote_and_asked_again_no_orchestration_either()
    {
        await using var app = await StartAsync();

        var first = await app.GetAsync($"quotes/ZZQB1?{Patient}");
        var instances = await InstancesAsync();
        var second = await app.GetAsync($"quotes/ZZQB1?{Patient}");

        Assert.Equal((HttpStatusCode.NotFound, "urn:quorum:problem:unknown-symbol"), (first.Status, first.Value("type")));
        Assert.Equal((HttpStatusCode.NotFound, "urn:quorum:problem:unknown-symbol"), (second.Status, second.Value("type")));
        Assert.Equal(first.Outcomes(), second.Outcomes());
        Assert.Equal((null, null), (first.Value("instanceId"), second.Value("instanceId"))); // it could not be asked for
        Assert.Equal(instances, await InstancesAsync());
        Assert.Equal(0, await _database.QueryAsync<long>("select count(*) from quorum.quotes where symbol = 'ZZQB1'"));

        Task<long> InstancesAsync() => _database.QueryAsync<long>("select count(*) from taskhub.instances");
    }

    [Fact]
    public async Task A_batch_without_any_symbol_is_refused_with_20_errors_and_leaves_no_row()
    {
        await using var app = await StartAsync();
        var garbage = string.Join(',', Enumerable.Range(0, 1000).Select(number => $"\"no symbol {number}\""));

        var refused = await PostAsync(app, $$"""{"symbols":[{{garbage}}]}""");

        Assert.Equal((HttpStatusCode.BadRequest, "urn:quorum:problem:invalid-request"), (refused.Status, refused.Value("type")));
        Assert.Equal(
            ("symbols[0]", "no symbol 0", 20, "980"),
            (
                refused.Json["errors"]![0]!["parameter"]!.ToString(),
                refused.Json["errors"]![0]!["value"]!.ToString(),
                refused.Json["errors"]!.AsArray().Count,
                refused.Value("moreErrors")
            )
        );
        Assert.Equal(0, await _database.QueryAsync<long>("select count(*) from quorum.batches"));
    }

    [Fact]
    public async Task Stored_items_have_a_maximum_for_each_consumer_and_for_all()
    {
        await using var app = await StartAsync("Quorum:Batches:StoredConsumerItems=1000", "Quorum:Batches:StoredItems=2000");
        var desk = await ConsumerRequests.CreateAsync(app, """{"name":"desk"}""");
        var fund = await ConsumerRequests.CreateAsync(app, """{"name":"fund"}""");
        await _database.ExecuteAsync(
            "insert into quorum.batches (id, content, total, created_at, owner) values ('a', '', 1000, now(), 'desk'), ('b', '', 999, now(), null)"
        );

        var full = await PostAsync(app, """{"symbols":["AAPL"]}""", desk);
        var last = await PostAsync(app, """{"symbols":["AAPL"]}""", fund);
        var fullForAll = await PostAsync(app, """{"symbols":["AAPL"]}""", fund);

        Assert.Equal((HttpStatusCode.Conflict, "urn:quorum:problem:batches-full"), (full.Status, full.Value("type")));
        Assert.StartsWith("The stored batches of consumer 'desk' may have 1000 items", full.Value("detail"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, last.Status);
        Assert.Equal(HttpStatusCode.Conflict, fullForAll.Status);
        Assert.StartsWith("The stored batches may have 2000 items", fullForAll.Value("detail"), StringComparison.Ordinal);
    }

    private Task<RunningApp> StartAsync(params string[] settings) =>
        RunningApp.StartAsync(_database, fixture.Simulator.Address, [.. settings, "Quorum:Quotes:StoredAnswerMs=1000"]); // on a busy machine

    private static async Task<Answer> PostAsync(RunningApp app, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/batches")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null)
        {
            request.Headers.Add("x-quorum-key", key);
        }

        return await app.SendAsync(request, CancellationToken.None);
    }
}
