using System.Text.Json.Nodes;
using Npgsql;
using Quorum.Functions.Tests.Security;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class OpenApiAnswersTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task Every_answer_that_the_document_describes_is_given_and_is_as_it_says()
    {
        var document = (await fixture.App.GetAsync("openapi.json")).Json;
        var described = new HashSet<string>(
            from operation in OpenApiTests.Operations(document)
            from answer in operation.Node["responses"]!.AsObject()
            select $"{operation.Method} {operation.Path} {answer.Key}"
        );
        var given = new HashSet<string>();

        await CheckUsualAnswersAsync(new AnswerChecks(document, fixture.App, given));
        await CheckSlowProvidersAsync(document, given);
        await CheckKeysAsync(document, given);
        await CheckConsumersAsync(document, given);
        await CheckWithoutPostgresAsync(document, given);

        Assert.Equal(described.Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));
    }

    private async Task CheckUsualAnswersAsync(AnswerChecks checks)
    {
        await checks.GetAsync("/quotes", "quotes?symbols=AAPL,NOSUCH,A$&budget=10000", 200);
        await checks.GetAsync("/quotes", "quotes?symbols=", 400);
        await checks.GetAsync("/quotes/{symbol}", "quotes/AAPL?budget=10000", 200);
        await checks.GetAsync("/quotes/{symbol}", "quotes/VOD:XLON?budget=10000", 200);
        await checks.GetAsync("/quotes/{symbol}", "quotes/T0900?budget=10000&providers=eodhd", 200);
        await checks.GetAsync("/quotes/{symbol}", "quotes/AAPL?maxAge=3600", 304);
        await checks.GetAsync("/quotes/{symbol}", "quotes/NOSUCH?budget=10000", 404);
        await checks.GetAsync("/quotes/{symbol}", "quotes/A$?budget=1", 400);
        await checks.GetAsync("/quotes/{symbol}/history", "quotes/AAPL/history", 200);
        await checks.GetAsync("/quotes/{symbol}/history", "quotes/AAPL/history", 304);
        await checks.GetAsync("/quotes/{symbol}/history", "quotes/AAPL/history?limit=0", 400);
        await fixture.Database.WaitUntilAsync(
            "select exists (select from quorum.quotes where symbol = 'AAPL') and exists (select from quorum.traces where symbol = 'AAPL')"
        );
        var trace = await fixture.Database.QueryAsync<string>("select trace_id from quorum.traces where symbol = 'AAPL'");
        await checks.GetAsync("/traces/{traceId}", $"traces/{trace}", 200);
        await checks.GetAsync("/traces/{traceId}", $"traces/{trace}", 304);
        await checks.GetAsync("/traces/{traceId}", $"traces/{trace}?x=1", 400);
        await checks.GetAsync("/traces/{traceId}", "traces/nosuch", 404);
        var id = (await fixture.App.GetAsync("quotes/AAPL/history")).Json["items"]![0]!["id"]!.ToString();
        await checks.GetAsync("/quotes/{symbol}/history/{id}", $"quotes/AAPL/history/{id}", 200);
        await checks.GetAsync("/quotes/{symbol}/history/{id}", $"quotes/AAPL/history/{id}", 304);
        await checks.GetAsync("/quotes/{symbol}/history/{id}", $"quotes/AAPL/history/{id}?x=1", 400);
        await checks.GetAsync("/quotes/{symbol}/history/{id}", "quotes/AAPL/history/nosuch", 404);

        await checks.GetAsync("/instruments", "instruments?limit=3", 200);
        await checks.GetAsync("/instruments", "instruments?limit=3", 304);
        await checks.GetAsync("/instruments", "instruments?limit=0", 400);
        await checks.GetAsync("/instruments/{symbol}", "instruments/7203:XTKS", 200);
        await checks.GetAsync("/instruments/{symbol}", "instruments/7203:XTKS", 304);
        await checks.GetAsync("/instruments/{symbol}", "instruments/EURUSD", 200);
        await checks.GetAsync("/instruments/{symbol}", "instruments/A$", 400);
        await checks.GetAsync("/instruments/{symbol}", "instruments/NOSUCH", 404);
        await checks.GetAsync("/venues", "venues", 200);
        await checks.GetAsync("/venues", "venues", 304);
        await checks.GetAsync("/venues", "venues?x=1", 400);

        await checks.SendAsync("put", "/watchlist/{symbol}", "watchlist/AAPL", 201);
        await checks.SendAsync("put", "/watchlist/{symbol}", "watchlist/AAPL", 200, """{"maxAge":6}""");
        await checks.SendAsync("put", "/watchlist/{symbol}", "watchlist/AAPL", 400, "[]");
        await checks.SendAsync("put", "/watchlist/{symbol}", "watchlist/AAPL", 413, new string(' ', 2000));
        await checks.SendAsync("put", "/watchlist/{symbol}", "watchlist/T0901", 201);
        await checks.GetAsync("/watchlist", "watchlist", 200);
        await checks.GetAsync("/watchlist", "watchlist", 304);
        await checks.GetAsync("/watchlist", "watchlist?limit=0", 400);
        await checks.GetAsync("/watchlist/{symbol}", "watchlist/T0901", 200);
        await checks.GetAsync("/watchlist/{symbol}", "watchlist/T0901", 304);
        await checks.GetAsync("/watchlist/{symbol}", "watchlist/A$", 400);
        await checks.SendAsync("delete", "/watchlist/{symbol}", "watchlist/T0901", 204);
        await checks.SendAsync("delete", "/watchlist/{symbol}", "watchlist/A$", 400);
        await checks.GetAsync("/watchlist/{symbol}", "watchlist/T0901", 404);

        await checks.GetAsync("/providers", "providers", 200);
        await checks.GetAsync("/providers", "providers?x=1", 400);
        await checks.GetAsync("/providers/{id}/timeline", "providers/finnhub/timeline?minutes=5", 200);
        await checks.GetAsync("/providers/{id}/timeline", "providers/finnhub/timeline?minutes=0", 400);
        await checks.GetAsync("/providers/{id}/timeline", "providers/yahoo/timeline", 404);

        await checks.SendAsync("post", "/batches", "batches", 202, """{"batchId":"described","symbols":["AAPL","$"]}""");
        await checks.SendAsync("post", "/batches", "batches", 409, """{"batchId":"described","symbols":["MSFT"]}""");
        await checks.SendAsync("post", "/batches", "batches", 400, "[");
        await checks.SendAsync("post", "/batches", "batches", 413, new string(' ', 300_000));
        await checks.SendAsync("post", "/batches", "batches", 415, "[]", "text/plain");
        await fixture.Database.WaitUntilAsync("select exists (select from quorum.batches where id = 'described' and state = 'completed')");
        await checks.GetAsync("/batches", "batches", 200);
        await checks.GetAsync("/batches", "batches", 304);
        await checks.GetAsync("/batches", "batches?limit=0", 400);
        await checks.GetAsync("/batches/{id}", "batches/described", 200);
        await checks.GetAsync("/batches/{id}", "batches/described", 304);
        await checks.GetAsync("/batches/{id}", "batches/described?x=1", 400);
        await checks.GetAsync("/batches/{id}", "batches/nosuch", 404);
        await checks.GetAsync("/batches/{id}/items", "batches/described/items", 200);
        await checks.GetAsync("/batches/{id}/items", "batches/described/items?limit=0", 400);
        await checks.GetAsync("/batches/{id}/items", "batches/nosuch/items", 404);
        await checks.SendAsync("delete", "/batches/{id}", "batches/described", 409);
        await checks.SendAsync("delete", "/batches/{id}", "batches/described?x=1", 400);
        await checks.SendAsync("delete", "/batches/{id}", "batches/nosuch", 404);

        await fixture.Database.ExecuteAsync(
            """
            insert into quorum.dead_letters (queue, message_id, reason, body, message, deliveries, first_seen_at, last_seen_at)
            values ('quote-prefetch', 'described', 'It is not Base64.', '!', '!', 5, now(), now())
            """
        );
        await checks.GetAsync("/dead-letters", "dead-letters", 200);
        await checks.GetAsync("/dead-letters", "dead-letters", 304);
        await checks.GetAsync("/dead-letters", "dead-letters?limit=0", 400);
        await checks.SendAsync("post", "/dead-letters/{id}/requeue", "dead-letters/quote-prefetch.described/requeue", 202);
        await checks.SendAsync("post", "/dead-letters/{id}/requeue", "dead-letters/quote-prefetch.described/requeue", 409);
        await checks.SendAsync("post", "/dead-letters/{id}/requeue", "dead-letters/quote-prefetch.described/requeue?again=1", 400);
        await checks.SendAsync("post", "/dead-letters/{id}/requeue", "dead-letters/nosuch/requeue", 404);

        await fixture.Database.ExecuteAsync(
            """
            insert into taskhub.instances (instance_id, generation, name, status, created_at, updated_at, completed_at, failure)
            values ('described-failure', 0, 'AggregateBatch', 'Failed', now(), now(), now(), '{"errorType":"E","errorMessage":"broken"}')
            """
        );
        await checks.GetAsync("/failed-orchestrations", "failed-orchestrations", 200);
        await checks.GetAsync("/failed-orchestrations", "failed-orchestrations", 304);
        await checks.GetAsync("/failed-orchestrations", "failed-orchestrations?x=1", 400);

        await checks.GetAsync("/health/live", "health/live", 200);
        await checks.GetAsync("/health/ready", "health/ready", 200);
        await checks.GetAsync("/openapi.json", "openapi.json", 200);
        await checks.GetAsync("/openapi.json", "openapi.json", 304);
        await checks.GetAsync("/docs", "docs", 200);
        await checks.GetAsync("/docs", "docs", 304);
        await checks.GetAsync("/console", "console", 200);
        await checks.GetAsync("/console", "console", 304);
    }

    /// <summary>In an app with room for one request and one watched symbol.</summary>
    private async Task CheckSlowProvidersAsync(JsonNode document, HashSet<string> given)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(
            database,
            fixture.Simulator.Address,
            "Quorum:Overload:MostInFlight=1",
            "Quorum:Overload:LeastInFlight=1",
            "Quorum:Prefetch:LargestWatchlist=1"
        );
        var checks = new AnswerChecks(document, app, given);
        await checks.SendAsync("put", "/watchlist/{symbol}", "watchlist/AAPL", 201);
        await checks.SendAsync("put", "/watchlist/{symbol}", "watchlist/MSFT", 409);

        await fixture.Simulator.FailAsync(new { kind = "slow-headers", ms = 3000 });
        var later = checks.GetAsync("/quotes/{symbol}", "quotes/T0902?budget=2000", 202);
        await UntilScheduledAsync("T0902");
        await using (var connection = await database.DataSource.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand("lock table taskhub.history in exclusive mode", connection); // The orchestration gets no further.
            await hold.ExecuteNonQueryAsync();
            await later;
        }

        await checks.SendAsync("post", "/batches", "batches", 202, """{"batchId":"slow","symbols":["T0904","T0905"]}""");
        await checks.SendAsync("delete", "/batches/{id}", "batches/slow", 200);
        var first = app.GetAsync("quotes/T0903?budget=10000");
        await UntilScheduledAsync("T0903");
        await checks.GetAsync("/quotes/{symbol}", "quotes/T0906", 429);
        await fixture.Simulator.MendAsync();
        await first;

        Task UntilScheduledAsync(string symbol) =>
            database.WaitUntilAsync($"select exists (select from taskhub.instances where input like '%\"symbol\":\"{symbol}\"%')");
    }

    private async Task CheckKeysAsync(JsonNode document, HashSet<string> given)
    {
        await using var app = await RunningApp.StartAsync(
            fixture.Database,
            fixture.Simulator.Address,
            "Functions:Authorization:Enabled=true",
            "Functions:Keys:Function:test=0123456789abcdef"
        );
        var checks = new AnswerChecks(document, app, given);
        foreach (
            var (method, path, node) in OpenApiTests
                .Operations(document)
                .Where(operation => operation.Node["security"]!.AsArray().Count > 0)
        )
        {
            await checks.SendAsync(
                method,
                path,
                path.TrimStart('/')
                    .Replace("{symbol}", "AAPL", StringComparison.Ordinal)
                    .Replace("{id}", "described", StringComparison.Ordinal)
                    .Replace("{name}", "described", StringComparison.Ordinal),
                401
            );
        }
    }

    /// <summary>In a database of its own: with a consumer, every other test would need a key.</summary>
    private async Task CheckConsumersAsync(JsonNode document, HashSet<string> given)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(database, fixture.Simulator.Address);
        var checks = new AnswerChecks(document, app, given);
        await checks.GetAsync("/usage", "usage", 200);
        await checks.GetAsync("/usage", "usage?x=1", 400);
        await checks.GetAsync("/consumers", "consumers", 200);
        await checks.GetAsync("/consumers", "consumers", 304);
        await checks.GetAsync("/consumers", "consumers?x=1", 400);
        await checks.SendAsync("post", "/consumers", "consumers", 400, "{}");
        await checks.SendAsync("post", "/consumers", "consumers", 413, new string(' ', 5000));
        await checks.SendAsync("post", "/consumers", "consumers", 415, "{}", "text/plain");
        await checks.SendAsync("post", "/consumers", "consumers", 201, """{"name":"described","providers":["eodhd"]}""");
        await checks.SendAsync("post", "/consumers", "consumers", 409, """{"name":"described"}""");
        await checks.SendAsync("delete", "/consumers/{name}", "consumers/described?x=1", 400);
        await checks.SendAsync("delete", "/consumers/{name}", "consumers/nosuch", 404);
        await checks.SendAsync("delete", "/consumers/{name}", "consumers/described", 204);

        var some = await ConsumerRequests.CreateAsync(app, """{"name":"some","providers":["eodhd"]}""");
        await checks.SendAsync("get", "/quotes", "quotes?symbols=AAPL&providers=finnhub", 403, key: some);
        await checks.SendAsync("get", "/quotes/{symbol}", "quotes/AAPL?providers=finnhub", 403, key: some);
        await checks.SendAsync("put", "/watchlist/{symbol}", "watchlist/AAPL", 403, key: some);
        await checks.SendAsync("post", "/batches", "batches", 403, """{"symbols":["AAPL"]}""", key: some);
        await checks.SendAsync("get", "/dead-letters", "dead-letters", 403, key: some);
        await checks.SendAsync("get", "/failed-orchestrations", "failed-orchestrations", 403, key: some);
        var few = await ConsumerRequests.CreateAsync(app, """{"name":"few","perDay":1}""");
        await checks.SendAsync("post", "/batches", "batches", 429, """{"symbols":["AAPL"]}""", key: few);
    }

    private async Task CheckWithoutPostgresAsync(JsonNode document, HashSet<string> given)
    {
        await using var database = await TestDatabase.CreateAsync();
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var wire = new RecordedWire(connection.Port);
        (connection.Host, connection.Port) = ("127.0.0.1", wire.Port);
        await using var app = await RunningApp.StartAsync(
            database,
            fixture.Simulator.Address,
            $"ConnectionStrings:Quorum={connection.ConnectionString}"
        );
        var checks = new AnswerChecks(document, app, given);
        wire.IsCut = true;
        await fixture.Simulator.FailAsync(new { kind = "status", status = 500 });

        await checks.GetAsync("/quotes/{symbol}", "quotes/T0907?budget=1000", 503);
        await checks.GetAsync("/quotes/{symbol}/history", "quotes/AAPL/history", 503);
        await checks.GetAsync("/quotes/{symbol}/history/{id}", "quotes/AAPL/history/x", 503);
        await checks.GetAsync("/traces/{traceId}", "traces/00000000000000000000000000000000", 503);
        await checks.SendAsync("post", "/batches", "batches", 503, """{"symbols":["AAPL"]}""");
        await checks.GetAsync("/batches", "batches", 503);
        await checks.GetAsync("/batches/{id}", "batches/x", 503);
        await checks.GetAsync("/batches/{id}/items", "batches/x/items", 503);
        await checks.SendAsync("delete", "/batches/{id}", "batches/x", 503);
        await checks.GetAsync("/dead-letters", "dead-letters", 503);
        await checks.SendAsync("post", "/dead-letters/{id}/requeue", "dead-letters/quote-batches.x/requeue", 503);
        await checks.GetAsync("/failed-orchestrations", "failed-orchestrations", 503);
        await checks.GetAsync("/watchlist", "watchlist", 503);
        await checks.GetAsync("/watchlist/{symbol}", "watchlist/AAPL", 503);
        await checks.SendAsync("put", "/watchlist/{symbol}", "watchlist/AAPL", 503);
        await checks.SendAsync("delete", "/watchlist/{symbol}", "watchlist/AAPL", 503);
        await checks.GetAsync("/consumers", "consumers", 503);
        await checks.SendAsync("post", "/consumers", "consumers", 503, """{"name":"described"}""");
        await checks.SendAsync("delete", "/consumers/{name}", "consumers/described", 503);
        await checks.GetAsync("/health/ready", "health/ready", 503);
        await fixture.Simulator.MendAsync();
        wire.IsCut = false;
    }
}
