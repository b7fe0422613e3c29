using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Quorum.Functions.Tests.OpenApi;

/// <summary>Checks JSON against the schemas of an OpenAPI document, stricter than JSON Schema: a member that the schema does not name is a
/// fault, and so is a keyword that this checker does not know.</summary>
internal sealed class SchemaCheck(JsonNode document)
{
    private readonly List<string> _faults = [];

    public static IReadOnlyList<string> FaultsOf(JsonNode document, JsonNode schema, JsonNode? value)
    {
        var check = new SchemaCheck(document);
        check.Check(schema, value, "$");
        return check._faults;
    }

    private void Check(JsonNode schema, JsonNode? value, string where)
    {
        foreach (var (keyword, rule) in schema.AsObject())
        {
            switch (keyword)
            {
                case "$ref":
                    Check(Resolve(rule!.ToString()), value, where);
                    break;
                case "type":
                    var types = rule is JsonArray several ? several.Select(type => type!.ToString()).ToArray() : [rule!.ToString()];
                    Expect(types.Any(type => Is(type, value)), where, $"is {Describe(value)}, not {string.Join(" or ", types)}");
                    break;
                case "enum":
                    Expect(
                        rule!.AsArray().Any(one => JsonNode.DeepEquals(one, value)),
                        where,
                        $"is {value}, none of {rule.ToJsonString()}"
                    );
                    break;
                case "pattern" when value is JsonValue:
                    Expect(
                        Regex.IsMatch(value.ToString(), rule!.ToString(), RegexOptions.None, TimeSpan.FromSeconds(1)),
                        where,
                        $"'{value}' does not match {rule}"
                    );
                    break;
                case "format" when value is JsonValue:
                    Expect(
                        rule!.ToString() switch
                        {
                            "date-time" => DateTimeOffset.TryParse(value.ToString(), CultureInfo.InvariantCulture, out _),
                            "decimal" or "double" => decimal.TryParse(
                                value.ToString(),
                                NumberStyles.Float,
                                CultureInfo.InvariantCulture,
                                out _
                            ),
                            "int32" => int.TryParse(value.ToString(), CultureInfo.InvariantCulture, out _),
                            "int64" => long.TryParse(value.ToString(), CultureInfo.InvariantCulture, out _),
                            _ => DateOnly.TryParse(value.ToString(), CultureInfo.InvariantCulture, out _),
                        },
                        where,
                        $"'{value}' is no {rule}"
                    );
                    break;
                case "anyOf":
                    Expect(
                        rule!.AsArray().Any(one => FaultsOf(document, one!, value).Count == 0),
                        where,
                        $"{Describe(value)} fits none: {string.Join("; ", rule.AsArray().SelectMany(one => FaultsOf(document, one!, value)))}"
                    );
                    break;
                case "items" when value is JsonArray items:
                    for (var i = 0; i < items.Count; i++)
                    {
                        Check(rule!, items[i], $"{where}[{i}]");
                    }

                    break;
                case "properties" when value is JsonObject members:
                    foreach (var (name, member) in members)
                    {
                        if (rule![name] is { } known)
                        {
                            Check(known, member, $"{where}.{name}");
                        }
                        else
                        {
                            _faults.Add($"{where}.{name} is not described.");
                        }
                    }

                    break;
                case "additionalProperties" when value is JsonObject map && rule is JsonObject:
                    foreach (var (name, member) in map)
                    {
                        Check(rule, member, $"{where}.{name}");
                    }

                    break;
                case "required" when value is JsonObject given:
                    foreach (var name in rule!.AsArray())
                    {
                        Expect(given.ContainsKey(name!.ToString()), where, $"lacks {name}");
                    }

                    break;
                case "pattern"
                or "format"
                or "items"
                or "properties"
                or "additionalProperties"
                or "required"
                or "description"
                or "examples":
                    break;
                default:
                    _faults.Add($"{where}: keyword {keyword} is not known to this checker.");
                    break;
            }
        }
    }

    private JsonNode Resolve(string reference) =>
        reference["#/".Length..].Split('/').Aggregate((JsonNode?)document, (node, name) => node?[name])
        ?? throw new InvalidOperationException($"{reference} leads nowhere.");

    private void Expect(bool holds, string where, string fault)
    {
        if (!holds)
        {
            _faults.Add($"{where} {fault}.");
        }
    }

    private static bool Is(string type, JsonNode? value) =>
        type switch
        {
            "null" => value is null,
            "object" => value is JsonObject,
            "array" => value is JsonArray,
            "string" => value?.GetValueKind() is JsonValueKind.String,
            "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            "number" => value?.GetValueKind() is JsonValueKind.Number,
            "integer" => value?.GetValueKind() is JsonValueKind.Number && decimal.IsInteger(value.GetValue<decimal>()),
            _ => false,
        };

    private static string Describe(JsonNode? value) => value?.GetValueKind().ToString() ?? "null";
}
