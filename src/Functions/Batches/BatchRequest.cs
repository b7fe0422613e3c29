using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Quorum.Functions.Http;

namespace Quorum.Functions.Batches;

/// <summary>The validated body of <c>POST batches</c>.</summary>
/// <param name="BatchId">The id; <see langword="null"/> to let the service choose one.</param>
internal sealed record BatchRequest(string? BatchId, IReadOnlyList<string> Symbols)
{
    /// <summary>1,000 symbols with all their escapes fit in.</summary>
    public const int MaxBodyBytes = 256 * 1024;

    private const int MaxEchoLength = 64;

    /// <param name="body">JSON.</param>
    /// <param name="parameters">Collects every fault.</param>
    public static bool TryParse(ReadOnlyMemory<byte> body, QueryParameters parameters, [NotNullWhen(true)] out BatchRequest? request)
    {
        request = null;
        parameters.AllowOnly();
        if (JsonBody.ParseObject(body, parameters) is not { } root)
        {
            return false;
        }

        string? id = null;
        IReadOnlyList<string> symbols = [];
        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name)
            {
                case "batchId" when member.Value.ValueKind is JsonValueKind.Null:
                    break;
                case "batchId":
                    id = member.Value.TextOf();
                    if (!Batches.BatchId.IsValid(id))
                    {
                        parameters.Refuse("batchId", id ?? Echo(member.Value), Batches.BatchId.Rule);
                    }

                    break;
                case "symbols":
                    if (SymbolList.Read(member.Value, out symbols) is { } fault)
                    {
                        parameters.Refuse(
                            fault.Place is { } place ? $"symbols[{place}]" : "symbols",
                            Echo(fault.Place is { } at ? member.Value[at] : member.Value),
                            fault.Rule
                        );
                    }

                    break;
                default:
                    parameters.Refuse(Shorten(member.Name), null, "must be left out: the body has the members batchId and symbols");
                    break;
            }
        }

        if (!root.TryGetProperty("symbols", out _))
        {
            parameters.Refuse("symbols", null, SymbolList.Rule);
        }

        request = parameters.Faults.Count > 0 ? null : new BatchRequest(id, symbols);
        return request is not null;
    }

    private static string Echo(JsonElement value) => Shorten(value.GetRawText());

    private static string Shorten(string text) => text.Length <= MaxEchoLength ? text : string.Concat(text.AsSpan(0, MaxEchoLength), "…");
}
