using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Quorum.Functions.Tests.OpenApi;

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
        Assert.DoesNotMatch(@"\bN[0-9]+[a-z]?\b", document.ToJsonString()); // our rules' numbers
    }

    [Fact]
    public async Task Only_a_required_parameter_has_an_example_that_fills_a_form()
    {
        var parameters = Operations(await DocumentAsync())
            .SelectMany(operation => operation.Node["parameters"]!.AsArray().Select(parameter => (operation.Path, Node: parameter!)))
            .ToList();

        Assert.All(
            parameters.Where(parameter => !parameter.Node["required"]!.GetValue<bool>()),
            parameter =>
            {
                Assert.Null(parameter.Node["example"]);
                Assert.Null(parameter.Node["examples"]);
                Assert.Null(parameter.Node["schema"]!["example"]);
            }
        );
        Assert.Contains(parameters, parameter => parameter.Node["example"]?.ToString() == "VOD:XLON");
        var optional = parameters.Single(parameter =>
            parameter is { Path: "/quotes/{symbol}", Node: var node } && node["name"]!.ToString() == "agree"
        );
        Assert.Equal("""["3"]""", optional.Node["schema"]!["examples"]!.ToJsonString()); // it is still shown
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

    internal static IEnumerable<(string Method, string Path, JsonNode Node)> Operations(JsonNode document) =>
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
}
