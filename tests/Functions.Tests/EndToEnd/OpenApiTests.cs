using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Quorum.Functions.Tests.OpenApi;
using Quorum.Functions.Tests.Security;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class OpenApiTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task Every_http_function_is_described_and_nothing_else_and_HEAD_is_wherever_GET_is()
    {
        var document = await DocumentAsync();
        var described = Operations(document).Select(operation => $"{operation.Method} {operation.Path}");

        var functions = typeof(QuorumApplication)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
            .OfType<HttpTriggerAttribute>()
            .Where(trigger => !trigger.Route!.EndsWith("{*asset}", StringComparison.Ordinal)) // scripts and style sheets of a page
            .SelectMany(trigger => trigger.Methods!.Select(method => $"{method} /{trigger.Route}"))
            .ToLookup(function => function.StartsWith("head ", StringComparison.Ordinal));
        Assert.Equal(
            functions[false]
                .Where(function => function.StartsWith("get ", StringComparison.Ordinal))
                .Select(function => "head " + function[4..])
                .Order(StringComparer.Ordinal),
            functions[true].Order(StringComparer.Ordinal)
        );
        Assert.Equal(functions[false].Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_client_can_be_generated_names_are_unique_references_lead_somewhere_and_paths_have_their_parameters()
    {
        var document = await DocumentAsync();
        Assert.StartsWith("3.1", document["openapi"]!.ToString(), StringComparison.Ordinal);
        var operations = Operations(document).ToList();
        Assert.Equal(operations.Count, operations.Select(operation => operation.Node["operationId"]!.ToString()).Distinct().Count());
        Assert.All(
            operations,
            operation =>
            {
                Assert.Contains(
                    operation.Node["tags"]![0]!.ToString(),
                    document["tags"]!.AsArray().Select(tag => tag!["name"]!.ToString())
                );
                Assert.Equal(
                    Regex
                        .Matches(operation.Path, @"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
                        .Select(match => match.Groups["name"].Value),
                    operation.Node["parameters"]!
                        .AsArray()
                        .Where(parameter => parameter!["in"]!.ToString() == "path")
                        .Select(parameter => parameter!["name"]!.ToString())
                );
                Assert.NotEmpty(operation.Node["responses"]!.AsObject());
            }
        );
        foreach (var reference in References(document))
        {
            Assert.NotNull(reference["#/".Length..].Split('/').Aggregate((JsonNode?)document, (node, name) => node?[name]));
        }
    }

    [Fact]
    public async Task Only_health_this_document_and_pages_ask_for_no_key()
    {
        var open = Operations(await DocumentAsync())
            .Where(operation => operation.Node["security"]!.AsArray().Count == 0)
            .Select(operation => operation.Path);

        Assert.Equal(["/console", "/docs", "/health/live", "/health/ready", "/openapi.json"], open.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_answer_that_the_document_describes_is_given_and_is_as_it_says()
    {
        var document = await DocumentAsync();
        var described = new HashSet<string>(
            from operation in Operations(document)
            from answer in operation.Node["responses"]!.AsObject()
            select $"{operation.Method} {operation.Path} {answer.Key}"
        );
        var given = new HashSet<string>();

        await CheckUsualAnswersAsync(new Checks(document, fixture.App, given));
        await CheckSlowProvidersAsync(document, given);
        await CheckKeysAsync(document, given);
        await CheckConsumersAsync(document, given);
        await CheckWithoutPostgresAsync(document, given);

        Assert.Equal(described.Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_component_and_every_parameter_says_what_it_is()
    {
        var document = await DocumentAsync();

        Assert.All(
            document["components"]!["schemas"]!.AsObject(),
            schema => Assert.NotEmpty(schema.Value!["description"]?.ToString() ?? "")
        );
        Assert.All(
            Operations(document).SelectMany(operation => operation.Node["parameters"]!.AsArray()),
            parameter => Assert.NotEmpty(parameter!["description"]!.ToString())
        );
        var quote = document["components"]!["schemas"]!["Quote"]!;
        Assert.StartsWith(
            "The weighted median of the freshest quotes, rounded to the venue's tick",
            quote["properties"]!["price"]!["description"]!.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal(
            "The cursor of the next page; null after the last.",
            document["components"]!["schemas"]!["WatchlistPage"]!["properties"]!["next"]!["description"]!.ToString()
        );
        Assert.DoesNotContain("history: add members", document.ToJsonString(), StringComparison.Ordinal); // what concerns developers alone
    }

    [Fact]
    public async Task What_the_document_does_not_say_is_found()
    {
        var document = await DocumentAsync();
        var schema = document["components"]!["schemas"]!["WatchedSymbol"]!;
        var right =
            """{"symbol":"AAPL","name":null,"venue":"XNAS","maxAge":5,"addedAt":"2026-11-20T17:00:00Z","changedAt":"2026-11-20T17:00:00Z","lastRefreshed":null,"nextRefresh":null,"reason":null,"detail":null}""";

        Assert.Empty(SchemaCheck.FaultsOf(document, schema, JsonNode.Parse(right)));
        Assert.NotEmpty(SchemaCheck.FaultsOf(document, schema, JsonNode.Parse(right.Replace("\"AAPL\"", "5"))));
        Assert.NotEmpty(SchemaCheck.FaultsOf(document, schema, JsonNode.Parse(right.Replace("XNAS", "Nasdaq"))));
        Assert.NotEmpty(SchemaCheck.FaultsOf(document, schema, JsonNode.Parse(right.Replace("maxAge", "max_age"))));
        Assert.NotEmpty(SchemaCheck.FaultsOf(document, schema, JsonNode.Parse("null")));
    }

    private async Task<JsonNode> DocumentAsync()
    {
        var answer = await fixture.App.GetAsync("openapi.json");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Json;
    }

    private async Task CheckUsualAnswersAsync(Checks checks)
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
        var checks = new Checks(document, app, given);
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
        var checks = new Checks(document, app, given);
        foreach (var (method, path, node) in Operations(document).Where(operation => operation.Node["security"]!.AsArray().Count > 0))
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
        var checks = new Checks(document, app, given);
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

        var some = await ConsumerTests.CreateAsync(app, """{"name":"some","providers":["eodhd"]}""");
        await checks.SendAsync("get", "/quotes", "quotes?symbols=AAPL&providers=finnhub", 403, key: some);
        await checks.SendAsync("get", "/quotes/{symbol}", "quotes/AAPL?providers=finnhub", 403, key: some);
        await checks.SendAsync("put", "/watchlist/{symbol}", "watchlist/AAPL", 403, key: some);
        await checks.SendAsync("post", "/batches", "batches", 403, """{"symbols":["AAPL"]}""", key: some);
        var few = await ConsumerTests.CreateAsync(app, """{"name":"few","perDay":1}""");
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
        var checks = new Checks(document, app, given);
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

    private static IEnumerable<(string Method, string Path, JsonNode Node)> Operations(JsonNode document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select (operation.Key, path.Key, operation.Value);

    private static IEnumerable<string> References(JsonNode? node) =>
        node switch
        {
            JsonObject members => members.SelectMany(member =>
                member.Key == "$ref" ? [member.Value!.ToString()] : References(member.Value)
            ),
            JsonArray items => items.SelectMany(References),
            _ => [],
        };

    /// <summary>Compares answers of an app with what the document says of them, and notes which it has seen.</summary>
    private sealed class Checks(JsonNode document, RunningApp app, HashSet<string> given)
    {
        public Task GetAsync(string template, string path, int status) => SendAsync("get", template, path, status);

        /// <param name="status">304 is asked for by an entity tag that fits everything.</param>
        public async Task SendAsync(
            string method,
            string template,
            string path,
            int status,
            string? body = null,
            string mediaType = "application/json",
            string? key = null
        )
        {
            using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), "/api/" + path)
            {
                Content = body is null ? null : new StringContent(body, Encoding.UTF8, mediaType),
            };
            if (key is not null)
            {
                request.Headers.Add("x-quorum-key", key);
            }

            if (status == 304)
            {
                request.Headers.TryAddWithoutValidation("If-None-Match", "*");
            }

            var answer = await app.SendAsync(request, CancellationToken.None);
            given.Add($"{method} {template} {status}");

            Assert.True((int)answer.Status == status, $"{method} {path} -> {(int)answer.Status} {answer.Text}");
            var described = document["paths"]![template]![method]!["responses"]![$"{status}"];
            Assert.True(described is not null, $"{method} {template} does not say {status}.");
            Assert.All(
                described["headers"]?.AsObject().Select(header => header.Key) ?? [],
                name => Assert.True(answer.Header(name) is not null, $"{method} {path}: {name}")
            );
            if (described["content"] is not JsonObject content)
            {
                Assert.Empty(answer.Text);
                return;
            }

            var (contentType, form) = Assert.Single(content);
            Assert.StartsWith(contentType, answer.Header("Content-Type"), StringComparison.Ordinal);
            if (contentType == "text/html")
            {
                Assert.StartsWith("<!doctype html>", answer.Text, StringComparison.Ordinal);
                return;
            }

            var faults = SchemaCheck.FaultsOf(document, form!["schema"]!, answer.Json);
            Assert.True(faults.Count == 0, $"{method} {path}: {string.Join(Environment.NewLine, faults)}");
        }
    }
}
