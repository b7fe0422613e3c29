using System.Net;
using System.Text;
using Quorum.Functions.Consumers;
using Quorum.Testing.Postgres;
using static Quorum.Functions.Tests.EndToEnd.ConsumerRequests;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Consumers' keys, in apps on a database of each test's own.</summary>
public sealed class ConsumerTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!; // Set before each test.

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Without_consumers_no_key_is_asked_for_and_with_one_only_consumers_and_the_master_key_get_data()
    {
        await using var app = await StartWithKeysAsync(_database, fixture);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("quotes/AAPL?budget=10000", FunctionKey)).Status);

        var key = await CreateAsync(app, """{"name":"desk"}""", Master);

        var without = await app.GetAsync("quotes/AAPL?budget=10000", FunctionKey);
        Assert.Equal((HttpStatusCode.Unauthorized, "urn:quorum:problem:consumer-key-required"), (without.Status, without.Value("type")));
        var wrong = await app.GetAsync("quotes/AAPL?budget=10000", FunctionKey, ("x-quorum-key", key + "x"));
        Assert.Equal((HttpStatusCode.Unauthorized, "urn:quorum:problem:unknown-consumer-key"), (wrong.Status, wrong.Value("type")));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("quotes/AAPL?budget=10000", FunctionKey, ("x-quorum-key", key))).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("quotes/AAPL?budget=10000", MasterKey)).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("health/ready")).Status);
    }

    [Fact]
    public async Task In_development_without_authorization_a_caller_without_a_key_stays_the_master_beside_consumers()
    {
        await using var app = await RunningApp.StartAsync(_database, fixture.Simulator.Address, "environment=Development");
        var key = await CreateAsync(app, """{"name":"desk","providers":["eodhd"]}""");

        foreach (var path in (string[])["providers", "instruments", "dead-letters", "failed-orchestrations", "watchlist", "batches"])
        {
            Assert.Equal((path, HttpStatusCode.OK), (path, (await app.GetAsync(path)).Status));
        }

        var all = await app.GetAsync("quotes/AAPL?budget=10000&maxAge=0");
        Assert.Equal((HttpStatusCode.OK, 6), (all.Status, all.Json["providers"]!.AsArray().Count));
        var own = await app.GetAsync("quotes/AAPL?budget=10000&maxAge=0", ("x-quorum-key", key));
        Assert.Equal((HttpStatusCode.OK, 1), (own.Status, own.Json["providers"]!.AsArray().Count));
        Assert.Equal(HttpStatusCode.Forbidden, (await app.GetAsync("dead-letters", ("x-quorum-key", key))).Status);
        var unknown = await app.GetAsync("providers", ("x-quorum-key", key + "x"));
        Assert.Equal((HttpStatusCode.Unauthorized, "urn:quorum:problem:unknown-consumer-key"), (unknown.Status, unknown.Value("type")));
    }

    [Theory]
    [InlineData("environment=Development", "Functions:Authorization:Enabled=true", "section-15.5.2")] // the host asks for its own key first
    [InlineData("environment=Production", "Functions:Authorization:Enabled=false", "consumer-key-required")]
    [InlineData("environment=Staging", "Functions:Authorization:Enabled=false", "consumer-key-required")]
    public async Task Anywhere_else_a_caller_without_a_key_gets_no_data_beside_consumers(string environment, string keys, string type)
    {
        await using var app = await RunningApp.StartAsync(
            _database,
            fixture.Simulator.Address,
            [environment, keys, $"Functions:Keys:Master={Master}"]
        );
        await CreateAsync(app, """{"name":"desk"}""", Master);

        foreach (var path in (string[])["quotes/AAPL", "providers", "dead-letters", "failed-orchestrations", "usage"])
        {
            var refused = await app.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, refused.Status));
            Assert.EndsWith(type, refused.Value("type"), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("providers", MasterKey)).Status);
    }

    [Fact]
    public async Task The_master_key_creates_lists_and_revokes_and_a_function_key_does_not()
    {
        await using var app = await StartWithKeysAsync(_database, fixture);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(app, """{"name":"desk"}""", Function)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("consumers", FunctionKey)).Status);

        var created = await PostAsync(app, """{"name":"desk","perSecond":5,"perMinute":60,"perDay":1000,"providers":["eodhd"]}""", Master);
        Assert.Equal((HttpStatusCode.Created, "no-store"), (created.Status, created.Header("Cache-Control")));
        var key = created.Value("key")!;
        Assert.StartsWith("qk_", key, StringComparison.Ordinal);
        var list = await app.GetAsync("consumers", MasterKey);
        Assert.Equal("desk 5 60 1000 [\"eodhd\"]", string.Join(' ', Members(list.Json["items"]![0]!)));
        Assert.DoesNotContain(key, list.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("venues", FunctionKey, ("x-quorum-key", key))).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(app, "consumers/desk")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("venues", FunctionKey, ("x-quorum-key", key))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync(app, "consumers/desk")).Status);

        static IEnumerable<string> Members(System.Text.Json.Nodes.JsonNode consumer) =>
            ((string[])["name", "perSecond", "perMinute", "perDay", "providers"]).Select(name =>
                consumer[name] is System.Text.Json.Nodes.JsonArray list ? list.ToJsonString() : consumer[name]!.ToString()
            );
    }

    [Fact]
    public async Task PostgreSQL_holds_the_hash_of_a_key_and_not_the_key()
    {
        await using var app = await StartWithKeysAsync(_database, fixture);
        var key = await CreateAsync(app, """{"name":"desk"}""", Master);

        Assert.Equal(
            ConsumerKey.HashOf(key),
            await _database.QueryAsync<string>("select encode(key_hash, 'hex') from quorum.consumers where name = 'desk'")
        );
        Assert.Equal(
            0,
            await _database.QueryAsync<long>($"select count(*) from quorum.consumers as stored where stored::text like '%{key}%'")
        );
    }

    [Fact]
    public async Task A_caller_over_his_limit_gets_a_429_with_it_and_the_others_go_on()
    {
        await using var app = await StartWithKeysAsync(_database, fixture);
        var few = await CreateAsync(app, """{"name":"few","perMinute":6}""", Master);
        var many = await CreateAsync(app, """{"name":"many"}""", Master);

        var first = await app.GetAsync("quotes/AAPL?budget=10000&maxAge=0", FunctionKey, ("x-quorum-key", few));
        var second = await app.GetAsync("quotes/AAPL?budget=10000&maxAge=0", FunctionKey, ("x-quorum-key", few));
        var stored = await app.GetAsync("quotes/AAPL?budget=10000&maxAge=3600", FunctionKey, ("x-quorum-key", few));
        var other = await app.GetAsync("quotes/AAPL?budget=10000&maxAge=0", FunctionKey, ("x-quorum-key", many));

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal((HttpStatusCode.TooManyRequests, "urn:quorum:problem:consumer-limit"), (second.Status, second.Value("type")));
        Assert.Contains("'few' may cause 6 provider calls a minute", second.Value("detail"), StringComparison.Ordinal);
        Assert.InRange(int.Parse(second.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        Assert.Equal(HttpStatusCode.OK, stored.Status); // asks no provider
        Assert.Equal(HttpStatusCode.OK, other.Status);
    }

    [Fact]
    public async Task The_day_s_limit_counts_what_every_process_has_used()
    {
        string key;
        await using (var app = await StartWithKeysAsync(_database, fixture))
        {
            key = await CreateAsync(app, """{"name":"desk","perDay":6}""", Master);
            await app.GetAsync("quotes/AAPL?budget=10000&maxAge=0", FunctionKey, ("x-quorum-key", key));
        }

        await using var another = await StartWithKeysAsync(_database, fixture);
        var refused = await another.GetAsync("quotes/MSFT?budget=10000&maxAge=0", FunctionKey, ("x-quorum-key", key));
        var batch = await BatchAsync(another, key);

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (refused.Status, batch.Status));
        Assert.Contains("6 provider calls a day", refused.Value("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_allowed_providers_are_asked()
    {
        await using var app = await StartWithKeysAsync(_database, fixture);
        var key = await CreateAsync(app, """{"name":"desk","providers":["eodhd","finnhub"]}""", Master);

        var all = await app.GetAsync("quotes/AAPL?budget=10000&maxAge=0", FunctionKey, ("x-quorum-key", key));
        var other = await app.GetAsync("quotes/AAPL?providers=alpaca", FunctionKey, ("x-quorum-key", key));
        var batch = await BatchAsync(app, key);

        Assert.Equal(["finnhub", "eodhd"], all.Json["providers"]!.AsArray().Select(provider => provider!["id"]!.ToString()));
        Assert.Equal((HttpStatusCode.Forbidden, "urn:quorum:problem:provider-not-allowed"), (other.Status, other.Value("type")));
        Assert.Equal(HttpStatusCode.Forbidden, batch.Status);
    }

    [Fact]
    public async Task A_caller_sees_his_own_usage_and_the_master_key_that_of_all()
    {
        await using var app = await StartWithKeysAsync(_database, fixture);
        var few = await CreateAsync(app, """{"name":"few","perMinute":6}""", Master);
        await CreateAsync(app, """{"name":"other"}""", Master);
        await app.GetAsync("quotes/AAPL?budget=10000&maxAge=0", FunctionKey, ("x-quorum-key", few));
        await app.GetAsync("quotes/AAPL?budget=10000&maxAge=0", FunctionKey, ("x-quorum-key", few));

        var own = await app.GetAsync("usage", FunctionKey, ("x-quorum-key", few));
        var all = await app.GetAsync("usage", MasterKey);

        Assert.Equal(["few: 3 calls, 6 provider calls, 1 refusals"], Lines(own));
        Assert.Equal(
            [
                ": 1 calls, 0 provider calls, 0 refusals",
                "few: 3 calls, 6 provider calls, 1 refusals",
                "other: 0 calls, 0 provider calls, 0 refusals",
            ],
            Lines(all)
        );

        static IEnumerable<string> Lines(Answer usage) =>
            usage.Json["items"]!
                .AsArray()
                .Select(item =>
                    $"{item!["consumer"]}: {item["calls"]} calls, {item["providerCalls"]} provider calls, {item["refusals"]} refusals"
                );
    }

    [Fact]
    public async Task A_batch_is_seen_and_cancelled_by_its_owner_and_the_master_key_alone()
    {
        await using var app = await StartWithKeysAsync(_database, fixture);
        var mine = ("x-quorum-key", await CreateAsync(app, """{"name":"mine"}""", Master));
        var theirs = await CreateAsync(app, """{"name":"theirs"}""", Master);
        var others = ("x-quorum-key", theirs);
        var id = (await BatchAsync(app, mine.Item2)).Value("batchId");

        foreach (var path in (string[])[$"batches/{id}", $"batches/{id}/items"])
        {
            var hidden = await app.GetAsync(path, FunctionKey, others);
            Assert.Equal((HttpStatusCode.NotFound, "urn:quorum:problem:unknown-batch"), (hidden.Status, hidden.Value("type")));
            Assert.Equal(HttpStatusCode.OK, (await app.GetAsync(path, FunctionKey, mine)).Status);
            Assert.Equal(HttpStatusCode.OK, (await app.GetAsync(path, MasterKey)).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync(app, $"batches/{id}", theirs)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await BatchAsync(app, theirs, $$"""{"batchId":"{{id}}","symbols":["AAPL"]}""")).Status);
        Assert.Empty((await app.GetAsync("batches", FunctionKey, others)).Json["items"]!.AsArray());
        Assert.Single((await app.GetAsync("batches", FunctionKey, mine)).Json["items"]!.AsArray());
        Assert.Single((await app.GetAsync("batches", MasterKey)).Json["items"]!.AsArray());
    }

    [Theory]
    [InlineData("dead-letters")]
    [InlineData("failed-orchestrations")]
    public async Task What_concerns_all_consumers_is_shown_to_the_master_key_alone(string path)
    {
        await using var app = await StartWithKeysAsync(_database, fixture);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync(path, FunctionKey)).Status); // without consumers there is one owner
        var key = await CreateAsync(app, """{"name":"desk"}""", Master);

        var refused = await app.GetAsync(path, FunctionKey, ("x-quorum-key", key));

        Assert.Equal((HttpStatusCode.Forbidden, "urn:quorum:problem:master-key-required"), (refused.Status, refused.Value("type")));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync(path, MasterKey)).Status);
    }

    [Fact]
    public async Task A_watched_symbol_belongs_to_the_consumer_that_put_it_and_the_master_key_sees_all()
    {
        await using var app = await StartWithKeysAsync(_database, fixture, "Quorum:Prefetch:LargestConsumerWatchlist=1");
        var desk = await CreateAsync(app, """{"name":"desk"}""", Master);
        var fund = await CreateAsync(app, """{"name":"fund"}""", Master);

        Assert.Equal(HttpStatusCode.Created, (await WatchAsync(app, "T0001", 60, desk)).Status);
        Assert.Equal(HttpStatusCode.Created, (await WatchAsync(app, "T0001", 10, fund)).Status);
        var full = await WatchAsync(app, "T0002", 5, fund);
        Assert.Equal((HttpStatusCode.Conflict, "urn:quorum:problem:watchlist-full"), (full.Status, full.Value("type")));
        Assert.Contains("'fund' may watch 1 symbols", full.Value("detail"), StringComparison.Ordinal);

        Assert.Equal("60", (await app.GetAsync("watchlist/T0001", FunctionKey, ("x-quorum-key", desk))).Value("maxAge"));
        var own = Assert.Single((await app.GetAsync("watchlist", FunctionKey, ("x-quorum-key", desk))).Json["items"]!.AsArray());
        Assert.Null(own!["owners"]);
        var all = Assert.Single((await app.GetAsync("watchlist", MasterKey)).Json["items"]!.AsArray());
        Assert.Equal(("10", "[\"desk\",\"fund\"]"), (all!["maxAge"]!.ToString(), all["owners"]!.ToJsonString()));

        await DeleteAsync(app, "watchlist/T0001", fund);
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync("watchlist/T0001", FunctionKey, ("x-quorum-key", fund))).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("watchlist/T0001", FunctionKey, ("x-quorum-key", desk))).Status);
        await DeleteAsync(app, "watchlist/T0001");
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync("watchlist/T0001", MasterKey)).Status);
    }

    [Fact]
    public async Task The_watchlist_entries_of_a_consumer_end_with_its_key()
    {
        await using var app = await StartWithKeysAsync(_database, fixture);
        await WatchAsync(app, "T0001", 60, await CreateAsync(app, """{"name":"desk"}""", Master));
        await WatchAsync(app, "T0002", 60, await CreateAsync(app, """{"name":"fund"}""", Master));

        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(app, "consumers/desk")).Status);

        var left = Assert.Single((await app.GetAsync("watchlist", MasterKey)).Json["items"]!.AsArray());
        Assert.Equal("T0002", left!["symbol"]!.ToString());
        var successor = await CreateAsync(app, """{"name":"desk"}""", Master);
        Assert.Empty((await app.GetAsync("watchlist", FunctionKey, ("x-quorum-key", successor))).Json["items"]!.AsArray());
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":"Desk"}""", "name")]
    [InlineData("""{"name":"desk\n"}""", "name")]
    [InlineData("""{"name":"desk","perSecond":0}""", "perSecond")]
    [InlineData("""{"name":"desk","perMinute":"5"}""", "perMinute")]
    [InlineData("""{"name":"desk","perDay":1.5}""", "perDay")]
    [InlineData("""{"name":"desk","providers":[]}""", "providers")]
    [InlineData("""{"name":"desk","providers":["yahoo"]}""", "providers")]
    [InlineData("""{"name":"desk","perHour":5}""", "perHour")]
    [InlineData("""[]""", "body")]
    public async Task A_wrong_body_is_told_the_member(string body, string member)
    {
        var answer = await PostAsync(fixture.App, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(member, answer.Json["errors"]![0]!["parameter"]!.ToString());
    }

    private static (string, string) MasterKey => ("x-functions-key", Master);

    private static async Task<Answer> WatchAsync(RunningApp app, string symbol, int maxAge, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/watchlist/" + symbol)
        {
            Content = new StringContent($$"""{"maxAge":{{maxAge}}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("x-functions-key", Function);
        request.Headers.Add("x-quorum-key", key);
        return await app.SendAsync(request, CancellationToken.None);
    }

    private static async Task<Answer> DeleteAsync(RunningApp app, string path, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/" + path);
        request.Headers.Add("x-functions-key", key is null ? Master : Function);
        if (key is not null)
        {
            request.Headers.Add("x-quorum-key", key);
        }

        return await app.SendAsync(request, CancellationToken.None);
    }
}
