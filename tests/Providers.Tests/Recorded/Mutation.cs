using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Quorum.Providers.Tests;

/// <summary>Damages answers: their bytes, or what they say as JSON.</summary>
internal sealed class Mutation(int seed, IReadOnlyList<byte[]> bodies)
{
    /// <summary>In place of any value. What stands between two <c>@</c> is written bare, also where that is no JSON.</summary>
    private static readonly string[] Values =
    [
        "@null@",
        "@true@",
        "@{}@",
        "@[]@",
        "@[[]]@",
        "@0@",
        "@-0@",
        "@-1@",
        "@1e400@",
        "@-1e400@",
        "@1e-400@",
        "@1E+28@",
        "@79228162514264337593543950336@",
        "@9223372036854775808@",
        "@18446744073709551616@",
        "@0.000000000000000000000000000000001@",
        "@214.29000000000000000000000000000000@",
        "@NaN@",
        "@Infinity@",
        "@00@",
        "@0x10@",
        "@1.@",
        "@{\"@",
        "@\"\\ud800\"@",
        "@\"\\u0000\"@",
        "",
        " ",
        "NA",
        "None",
        "null",
        "-",
        "--",
        "NaN",
        "nan%",
        "%",
        "%%",
        "1,234.5",
        "1e5",
        "+5",
        "1e999999999",
        "Infinity",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "2025-02-30",
        "2025-06-18T25:61:61Z",
        "GBp",
        "gbp",
        "error",
        "ERROR",
        "429",
        "500",
        "AAPL",
        "AAPL.US",
        "Global Quote",
    ];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var body = Pick(bodies);
        return _random.Next(2) == 0 ? MutateBytes(body) : MutateStructure(body);
    }

    private byte[] MutateBytes(byte[] body)
    {
        var bytes = body.ToList();
        for (var changes = _random.Next(1, 6); changes > 0; changes--)
        {
            var at = _random.Next(bytes.Count + 1);
            switch (_random.Next(6))
            {
                case 0:
                    bytes.Insert(at, (byte)_random.Next(256));
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, _random.Next(1, 20)));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.Skip(_random.Next(bytes.Count + 1)).Take(_random.Next(40)).ToList());
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4:
                    var other = Pick(bodies);
                    bytes.InsertRange(at, other.Skip(_random.Next(other.Length + 1)).Take(_random.Next(200)));
                    break;
                default:
                    if (at < bytes.Count)
                    {
                        bytes[at] = (byte)_random.Next(256);
                    }

                    break;
            }
        }

        return [.. bytes];
    }

    private byte[] MutateStructure(byte[] body)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return MutateBytes(body); // text, HTML, or one name twice
        }

        for (var changes = _random.Next(1, 5); changes > 0 && root is JsonObject or JsonArray; changes--)
        {
            Change(root);
        }

        var text = _random.Next(20) switch
        {
            0 => $"[{root?.ToJsonString() ?? "null"}]",
            1 => $$"""{"data":{{root?.ToJsonString() ?? "null"}}}""",
            2 => string.Concat(Enumerable.Repeat("[", _random.Next(200))) + root?.ToJsonString(),
            _ => root?.ToJsonString() ?? "null",
        };
        return Encoding.UTF8.GetBytes(
            text.Replace("\"@", "", StringComparison.Ordinal)
                .Replace("@\"", "", StringComparison.Ordinal)
                .Replace("\\u0022", "\"", StringComparison.Ordinal)
        );
    }

    private void Change(JsonNode root)
    {
        var node = root;
        while (
            _random.Next(3) > 0 && Children(node) is { Count: > 0 } children && Pick(children) is { } child and (JsonObject or JsonArray)
        )
        {
            node = child;
        }

        if (node is JsonArray array)
        {
            if (array.Count > 0 && _random.Next(2) == 0)
            {
                array.RemoveAt(_random.Next(array.Count));
            }
            else
            {
                array.Insert(
                    _random.Next(array.Count + 1),
                    array.Count > 0 && _random.Next(2) == 0 ? array[0]?.DeepClone() : JsonValue.Create(Pick(Values))
                );
            }

            return;
        }

        var members = node.AsObject();
        if (members.Count == 0)
        {
            return;
        }

        var name = Pick(members.Select(member => member.Key).ToList());
        var value = members[name];
        switch (_random.Next(5))
        {
            case 0:
                members.Remove(name);
                break;
            case 1:
                members.Remove(name);
                members[_random.Next(2) == 0 ? name.ToUpperInvariant() : name + "_v2"] = value;
                break;
            case 2:
                members[name] = new JsonObject { ["value"] = value?.DeepClone() };
                break;
            case 3:
                members[name] = members[Pick(members.Select(member => member.Key).ToList())]?.DeepClone();
                break;
            default:
                members[name] = Pick(Values);
                break;
        }
    }

    private static List<JsonNode?> Children(JsonNode node) =>
        node switch
        {
            JsonObject members => [.. members.Select(member => member.Value)],
            JsonArray items => [.. items],
            _ => [],
        };

    private T Pick<T>(IReadOnlyList<T> some) => some[_random.Next(some.Count)];
}
