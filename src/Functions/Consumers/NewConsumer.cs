using System.Text.Json;
using System.Text.RegularExpressions;
using Quorum.Functions.Http;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Consumers;

/// <summary>Reads the body of <c>POST consumers</c>.</summary>
internal static partial class NewConsumer
{
    public const int MaxBodyBytes = 4096,
        MaxLimit = 1_000_000_000;

    public const string NameRule = "must have 1 to 40 lower-case letters, digits and hyphens, and begin with a letter";

    /// <param name="parameters">Collects every fault.</param>
    /// <returns>Without its key's hash and time; of use only when there is no fault.</returns>
    public static Consumer Read(ReadOnlyMemory<byte> body, QueryParameters parameters)
    {
        var consumer = new Consumer
        {
            Name = "",
            KeyHash = "",
            CreatedAt = default,
        };
        parameters.AllowOnly();
        if (JsonBody.ParseObject(body, parameters) is not { } given)
        {
            return consumer;
        }

        foreach (var member in given.EnumerateObject())
        {
            consumer = member.Name switch
            {
                "name" => consumer with { Name = ReadName(member.Value, parameters) },
                "perSecond" => consumer with { PerSecond = ReadLimit(member, parameters) },
                "perMinute" => consumer with { PerMinute = ReadLimit(member, parameters) },
                "perDay" => consumer with { PerDay = ReadLimit(member, parameters) },
                "providers" => consumer with { Providers = ReadProviders(member.Value, parameters) },
                _ => Refuse(member.Name),
            };
        }

        if (!given.TryGetProperty("name", out _))
        {
            parameters.Refuse("name", null, NameRule);
        }

        return consumer;

        Consumer Refuse(string name)
        {
            parameters.Refuse(name, null, "must be left out: the body has the members name, perSecond, perMinute, perDay and providers");
            return consumer;
        }
    }

    public static bool IsName(string? name) => name is not null && Name().IsMatch(name);

    private static string ReadName(JsonElement value, QueryParameters parameters)
    {
        if (value.TextOf() is { } name && IsName(name))
        {
            return name;
        }

        parameters.Refuse("name", value.GetRawText(), NameRule);
        return "";
    }

    private static int? ReadLimit(JsonProperty member, QueryParameters parameters)
    {
        if (member.Value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (member.Value.ValueKind is JsonValueKind.Number && member.Value.TryGetInt32(out var limit) && limit is >= 1 and <= MaxLimit)
        {
            return limit;
        }

        parameters.Refuse(member.Name, member.Value.GetRawText(), $"must be a whole number of provider calls from 1 to {MaxLimit}");
        return null;
    }

    private static List<ProviderId>? ReadProviders(JsonElement value, QueryParameters parameters)
    {
        if (value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        var providers = new List<ProviderId>();
        if (value.ValueKind is JsonValueKind.Array && value.GetArrayLength() > 0)
        {
            foreach (var item in value.EnumerateArray())
            {
                if (item.TextOf() is { } name && ProviderId.TryParse(name, out var provider) && !providers.Contains(provider))
                {
                    providers.Add(provider);
                }
            }

            if (providers.Count == value.GetArrayLength())
            {
                return providers;
            }
        }

        parameters.Refuse(
            "providers",
            value.GetRawText(),
            $"must be an array of one or more of {string.Join(", ", ProviderId.All)}, each once"
        );
        return null;
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,39}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
