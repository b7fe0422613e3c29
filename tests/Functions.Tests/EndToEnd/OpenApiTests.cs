using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Quorum.Functions.Tests.OpenApi;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class OpenApiTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task Every_http_function_is_described_and_nothing_else()
    {
        var document = await DocumentAsync();
        var described = Operations(document).Select(operation => $"{operation.Method} {operation.Path}");

        var functions = typeof(App).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
            .OfType<HttpTriggerAttribute>()
            .SelectMany(trigger => trigger.Methods!.Select(method => $"{method} /{trigger.Route}"));
        Assert.Equal(functions.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_client_can_be_generated_names_are_unique_references_lead_somewhere_and_paths_have_their_parameters()
    {
        var document = await DocumentAsync();
        Assert.StartsWith("3.1", document["openapi"]!.ToString(), StringComparison.Ordinal);
        var operations = Operations(document).ToList();
        Assert.Equal(operations.Count, operations.Select(operation => operation.Node["operationId"]!.ToString()).Distinct().Count());
        Assert.All(operations, operation =>
        {
            Assert.Contains(operation.Node["tags"]![0]!.ToString(), document["tags"]!.AsArray().Select(tag => tag!["name"]!.ToString()));
            Assert.Equal(
                Regex.Matches(operation.Path, @"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(match => match.Groups["name"].Value),
                operation.Node["parameters"]!.AsArray().Where(parameter => parameter!["in"]!.ToString() == "path").Select(parameter => parameter!["name"]!.ToString()));
            Assert.NotEmpty(operation.Node["responses"]!.AsObject());
        });
        foreach (var reference in References(document))
        {
            Assert.NotNull(reference["#/".Length..].Split('/').Aggregate((JsonNode?)document, (node, name) => node?[name]));
        }
    }

    [Fact]
    public async Task Only_health_and_this_document_ask_for_no_key()
    {
        var open = Operations(await DocumentAsync()).Where(operation => operation.Node["security"]!.AsArray().Count == 0).Select(operation => operation.Path);

        Assert.Equal(["/health/live", "/health/ready", "/openapi.json"], open.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Live_answers_are_as_the_document_says()
    {
        var document = await DocumentAsync();
        await CheckAsync(document, "get", "/quotes/{symbol}", "quotes/AAPL?budget=10000", 200);
        await CheckAsync(document, "get", "/quotes/{symbol}", "quotes/VOD:XLON?budget=10000", 200);
        await CheckAsync(document, "get", "/quotes/{symbol}", "quotes/T0900?budget=10000&providers=eodhd", 200);
        await CheckAsync(document, "get", "/quotes/{symbol}", "quotes/NOSUCH?budget=10000", 404);
        await CheckAsync(document, "get", "/quotes/{symbol}", "quotes/A$?budget=1", 400);
        await CheckAsync(document, "get", "/quotes/{symbol}/history", "quotes/AAPL/history", 200);
        await CheckAsync(document, "get", "/quotes/{symbol}/history", "quotes/AAPL/history?limit=0", 400);
        await CheckAsync(document, "get", "/instruments", "instruments?limit=3", 200);
        await CheckAsync(document, "get", "/instruments/{symbol}", "instruments/7203:XTKS", 200);
        await CheckAsync(document, "get", "/instruments/{symbol}", "instruments/NOSUCH", 404);
        await CheckAsync(document, "put", "/watchlist/{symbol}", "watchlist/AAPL", 201);
        await CheckAsync(document, "put", "/watchlist/{symbol}", "watchlist/AAPL", 200, """{"maxAge":6}""");
        await CheckAsync(document, "put", "/watchlist/{symbol}", "watchlist/AAPL", 400, "[]");
        await CheckAsync(document, "put", "/watchlist/{symbol}", "watchlist/T0901", 201);
        await CheckAsync(document, "get", "/watchlist", "watchlist", 200);
        await CheckAsync(document, "get", "/watchlist/{symbol}", "watchlist/T0901", 200);
        await CheckAsync(document, "delete", "/watchlist/{symbol}", "watchlist/T0901", 204);
        await CheckAsync(document, "get", "/watchlist/{symbol}", "watchlist/T0901", 404);
        await CheckAsync(document, "get", "/providers", "providers", 200);
        await CheckAsync(document, "post", "/batches", "batches", 202, """{"batchId":"described","symbols":["AAPL","$"]}""");
        await CheckAsync(document, "post", "/batches", "batches", 409, """{"batchId":"described","symbols":["MSFT"]}""");
        await fixture.Database.WaitUntilAsync("select exists (select from quorum.batches where id = 'described' and state = 'completed')");
        await CheckAsync(document, "get", "/batches/{id}", "batches/described", 200);
        await CheckAsync(document, "get", "/batches/{id}/items", "batches/described/items", 200);
        await CheckAsync(document, "delete", "/batches/{id}", "batches/described", 409);
        await CheckAsync(document, "get", "/batches/{id}", "batches/nosuch", 404);
        await CheckAsync(document, "get", "/health/live", "health/live", 200);
        await CheckAsync(document, "get", "/health/ready", "health/ready", 200);
        await CheckAsync(document, "get", "/openapi.json", "openapi.json", 200);
    }

    [Fact]
    public async Task What_the_document_does_not_say_is_found()
    {
        var document = await DocumentAsync();
        var schema = document["components"]!["schemas"]!["WatchedSymbol"]!;
        var right = """{"symbol":"AAPL","name":null,"venue":"XNAS","maxAge":5,"addedAt":"2026-11-20T17:00:00Z","changedAt":"2026-11-20T17:00:00Z"}""";

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

    private async Task CheckAsync(JsonNode document, string method, string template, string path, int status, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), "/api/" + path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        var answer = await fixture.App.SendAsync(request, CancellationToken.None);

        Assert.True((int)answer.Status == status, $"{method} {path} -> {(int)answer.Status} {answer.Text}");
        var described = document["paths"]![template]![method]!["responses"]![status.ToString()];
        Assert.True(described is not null, $"{method} {template} does not say {status}.");
        if (described["content"] is not JsonObject content)
        {
            Assert.Empty(answer.Text);
            return;
        }

        var (mediaType, form) = Assert.Single(content);
        Assert.StartsWith(mediaType, answer.Header("Content-Type"), StringComparison.Ordinal);
        var faults = SchemaCheck.FaultsOf(document, form!["schema"]!, answer.Json);
        Assert.True(faults.Count == 0, $"{method} {path}: {string.Join(Environment.NewLine, faults)}");
    }

    private static IEnumerable<(string Method, string Path, JsonNode Node)> Operations(JsonNode document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select (operation.Key, path.Key, operation.Value);

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Key == "$ref" ? [member.Value!.ToString()] : References(member.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}
