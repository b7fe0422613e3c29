using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;

namespace Quorum.Functions.OpenApi;

/// <summary>The API as an OpenAPI 3.1 document: paths, methods and keys as the triggers declare them, schemas as the JSON contracts write
/// them, and what stands beside each function.</summary>
internal static partial class OpenApiDocument
{
    private const string FunctionKey = "functionKey",
        FunctionKeyInQuery = "functionKeyInQuery",
        ConsumersKey = "consumerKey";

    /// <summary>The document as UTF-8, written once.</summary>
    public static ReadOnlyMemory<byte> Utf8 { get; } = Write(Compose());

    private static byte[] Write(JsonObject document)
    {
        using var utf8 = new MemoryStream();
        using (var writer = new Utf8JsonWriter(utf8, new JsonWriterOptions { Indented = true, Encoder = ApiJson.Encoder }))
        {
            document.WriteTo(writer);
        }

        return utf8.ToArray();
    }

    private static JsonObject Compose()
    {
        var paths = new JsonObject();
        foreach (var operation in ApiDescription.Operations)
        {
            var trigger = TriggerOf(operation.Function);
            var path = "/" + Constraint().Replace(trigger.Route ?? operation.Function, "{${name}}");
            if (paths[path] is not JsonObject item)
            {
                paths[path] = item = [];
            }

            foreach (var method in (trigger.Methods ?? []).Where(method => method is not "head")) // it goes without saying wherever GET is
            {
                item[method.ToLowerInvariant()] = Compose(operation, trigger.AuthLevel);
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Quorum",
                ["version"] = typeof(OpenApiDocument).Assembly.GetName().Version?.ToString(3) ?? "0.0.0",
                ["description"] =
                    "The price of an instrument right now, with its sources: the quotes of six market-data providers and PostgreSQL, reconciled field by field. HEAD is answered wherever GET is.",
                ["contact"] = new JsonObject { ["name"] = "Quorum" },
                ["license"] = new JsonObject { ["name"] = "MIT License", ["identifier"] = "MIT" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/api" }),
            ["tags"] = new JsonArray([
                .. ApiDescription.Tags.Select(tag => (JsonNode)new JsonObject { ["name"] = tag.Name, ["description"] = tag.Description }),
            ]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = ApiSchemas.Components(),
                ["securitySchemes"] = new JsonObject
                {
                    [FunctionKey] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "header",
                        ["name"] = "x-functions-key",
                        ["description"] = "A function or host key.",
                    },
                    [FunctionKeyInQuery] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "query",
                        ["name"] = "code",
                        ["description"] = "The same key; it then stands in the logs of proxies.",
                    },
                    [ConsumersKey] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "header",
                        ["name"] = ConsumerKey.Header,
                        ["description"] =
                            "A consumer's key, beside the function key: needed for data as soon as there is a consumer, unless the key is the master key.",
                    },
                },
            },
        };
    }

    private static JsonObject Compose(ApiOperation operation, AuthorizationLevel level)
    {
        var isOpen = level is AuthorizationLevel.Anonymous;
        var answers = new SortedDictionary<int, JsonObject>();
        foreach (var answer in operation.Answers)
        {
            answers[answer.Status] = Compose(answer);
        }

        foreach (var (status, why) in isOpen ? operation.Problems : [.. operation.Problems, (401, Unauthorized(level))])
        {
            answers[status] = Problem(status, why);
        }

        var composed = new JsonObject
        {
            ["operationId"] = operation.Id,
            ["tags"] = new JsonArray(operation.Tag.Name),
            ["summary"] = operation.Summary,
            ["description"] = operation.Description,
        };
        composed["parameters"] = new JsonArray([.. operation.Parameters.Select(Compose)]);
        if (operation.Body is { } body)
        {
            composed["requestBody"] = new JsonObject
            {
                ["description"] = body.Description,
                ["required"] = body.IsRequired,
                ["content"] = new JsonObject
                {
                    ["application/json"] = new JsonObject { ["schema"] = body.Schema.DeepClone(), ["example"] = body.Example.DeepClone() },
                },
            };
        }

        composed["responses"] = new JsonObject(
            answers.Select(answer => KeyValuePair.Create(answer.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)answer.Value))
        );
        string[][] ways =
            isOpen ? []
            : level is AuthorizationLevel.Admin
                ?
                [
                    [FunctionKey],
                    [FunctionKeyInQuery],
                ]
            :
            [
                [FunctionKey],
                [FunctionKeyInQuery],
                [FunctionKey, ConsumersKey],
                [FunctionKeyInQuery, ConsumersKey],
            ];
        composed["security"] = new JsonArray([
            .. ways.Select(keys => new JsonObject(keys.Select(key => KeyValuePair.Create(key, (JsonNode?)new JsonArray())))),
        ]);
        return composed;
    }

    private static string Unauthorized(AuthorizationLevel level) =>
        $"The request must have {(level is AuthorizationLevel.Admin ? "the master key" : "a function key")}, in the header x-functions-key or the parameter code{(level is AuthorizationLevel.Admin ? "" : "; while there are consumers, also a consumer's key in x-quorum-key")}.";

    private static JsonNode Compose(ApiParameter parameter)
    {
        var composed = new JsonObject
        {
            ["name"] = parameter.Name,
            ["in"] = parameter.In,
            ["required"] = parameter.IsRequired,
            ["description"] = parameter.Description,
            ["schema"] = parameter.Schema.DeepClone(),
        };
        if (parameter.Example is { } example)
        {
            if (parameter.IsRequired)
            {
                composed["example"] = example.DeepClone();
            }
            else
            {
                // The reference fills its form with a parameter's example: one that may be left out would then be sent by everyone.
                composed["schema"]!["examples"] = new JsonArray(example.DeepClone()); // Set above.
            }
        }

        return composed;
    }

    private static JsonObject Compose(ApiAnswer answer)
    {
        var composed = new JsonObject { ["description"] = answer.Description };
        if (answer.Headers.Count > 0)
        {
            composed["headers"] = Headers(answer.Headers);
        }

        if (answer.IsPage)
        {
            composed["content"] = new JsonObject { ["text/html"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } };
        }
        else if (answer.Body == typeof(JsonObject))
        {
            composed["content"] = new JsonObject
            {
                ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "object" } },
            };
        }
        else if (answer.Body is { } body)
        {
            composed["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = ApiSchemas.Reference(body) } };
        }

        return composed;
    }

    private static JsonObject Problem(int status, string why)
    {
        var composed = new JsonObject { ["description"] = why };
        if (status is 429 or 503)
        {
            composed["headers"] = Headers([("Retry-After", "When to ask again, in whole seconds.")]);
        }

        composed["content"] = new JsonObject
        {
            ["application/problem+json"] = new JsonObject
            {
                ["schema"] = ApiSchemas.Reference(typeof(Problem)),
                ["example"] = ProblemExample(status),
            },
        };
        return composed;
    }

    private static JsonObject Headers(IEnumerable<(string Name, string Meaning)> headers) =>
        new(
            headers.Select(header =>
                KeyValuePair.Create(
                    header.Name,
                    (JsonNode?)
                        new JsonObject
                        {
                            ["description"] = header.Meaning,
                            ["schema"] = new JsonObject { ["type"] = "string" },
                        }
                )
            )
        );

    private static JsonObject ProblemExample(int status)
    {
        var example = new JsonObject
        {
            ["type"] = "about:blank",
            ["title"] = ((System.Net.HttpStatusCode)status).ToString(),
            ["status"] = status,
        };
        if (status == 400)
        {
            example["type"] = "urn:quorum:problem:invalid-request";
            example["title"] = "Invalid request";
            example["detail"] = "limit must be a whole number of items from 1 to 500; got '0'.";
            example["errors"] = new JsonArray(
                new JsonObject
                {
                    ["parameter"] = "limit",
                    ["value"] = "0",
                    ["rule"] = "must be a whole number of items from 1 to 500",
                }
            );
        }

        example["traceId"] = "cf65855e6c0336d28ab8d76f43840d8f";
        return example;
    }

    private static HttpTriggerAttribute TriggerOf(string function)
    {
        foreach (var method in typeof(OpenApiDocument).Assembly.GetTypes().SelectMany(type => type.GetMethods()))
        {
            if (method.GetCustomAttribute<FunctionAttribute>()?.Name == function)
            {
                return method
                    .GetParameters()
                    .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
                    .OfType<HttpTriggerAttribute>()
                    .Single();
            }
        }

        throw new InvalidOperationException($"There is no function '{function}' to describe.");
    }

    // {id:int} is {id} there
    [GeneratedRegex(
        @"\{(?<name>[^:}]+)[^}]*\}",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Constraint();
}
