using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;
using Quorum.Functions.Batches;
using Quorum.Functions.Messages;
using Quorum.Functions.Quotes;
using Quorum.MarketData;

namespace Quorum.Functions.Orchestrations;

/// <summary>The newest orchestrations that failed or were terminated.</summary>
/// <param name="Items">At most 50, newest first by creation time.</param>
internal sealed record FailedOrchestrationList(IReadOnlyList<FailedOrchestration> Items);

/// <summary>An orchestration that failed or was terminated.</summary>
/// <param name="InstanceId">Identifies it in the management API.</param>
/// <param name="Name">The name of its orchestrator.</param>
/// <param name="Status"><c>failed</c> or <c>terminated</c>.</param>
/// <param name="Reason">The message of the failure, or the reason given for the termination, shortened and with possible keys masked;
/// <see langword="null"/> if there is none.</param>
/// <param name="Symbol">The symbol of its quote; <see langword="null"/> if it makes none, or its input cannot be read.</param>
/// <param name="BatchId">The id of its batch; <see langword="null"/> if it runs none.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="LastUpdatedAt">The time of its end, UTC.</param>
internal sealed record FailedOrchestration(
    string InstanceId,
    string Name,
    string Status,
    string? Reason,
    Symbol? Symbol,
    string? BatchId,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset LastUpdatedAt
)
{
    private const int MaxReasonLength = 1000;

    /// <param name="instance">Read with its input and output.</param>
    public static FailedOrchestration Of(OrchestrationMetadata instance, SecretMask mask) =>
        new(
            instance.InstanceId,
            instance.Name,
            instance.RuntimeStatus is OrchestrationRuntimeStatus.Terminated ? "terminated" : "failed",
            ReasonOf(instance) is { } reason ? Shortened(mask.Apply(reason)) : null,
            IsOf(instance, nameof(AggregateQuote)) ? SymbolOf(instance) : null,
            IsOf(instance, nameof(AggregateBatch)) ? instance.InstanceId : null,
            instance.CreatedAt,
            instance.LastUpdatedAt
        );

    /// <summary>True for each version of the orchestrator, such as <c>AggregateQuote2</c>.</summary>
    private static bool IsOf(OrchestrationMetadata instance, string orchestrator) =>
        instance.Name.StartsWith(orchestrator, StringComparison.OrdinalIgnoreCase);

    private static readonly string[] MessageNames = ["message", "errorMessage"];

    /// <summary>The message alone: backends without failure details keep it as the first line of the output, or in a document of the Functions
    /// host.</summary>
    private static string? ReasonOf(OrchestrationMetadata instance) =>
        instance.FailureDetails?.ErrorMessage is { } message ? MessageOf(message)
        : instance.SerializedOutput is { Length: > 0 } output ? MessageOf(output).Split('\n', 2)[0].TrimEnd()
        : null;

    /// <summary>The text of a JSON string, the message of a JSON object that has one, also within each other; anything else as it is.</summary>
    private static string MessageOf(string text)
    {
        if (text.TrimStart() is not ['"' or '{', ..])
        {
            return text;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            var message =
                document.RootElement.ValueKind is JsonValueKind.String
                    ? document.RootElement
                    : document
                        .RootElement.EnumerateObject()
                        .FirstOrDefault(member =>
                            member.Value.ValueKind is JsonValueKind.String
                            && MessageNames.Contains(member.Name, StringComparer.OrdinalIgnoreCase)
                        )
                        .Value;
            return message.ValueKind is JsonValueKind.String && message.GetString() is { } inner ? MessageOf(inner) : text;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // the latter for half a surrogate pair
        {
            return text;
        }
    }

    private static Symbol? SymbolOf(OrchestrationMetadata instance)
    {
        try
        {
            return instance.ReadInputAs<AggregateQuoteInput>()?.Symbol;
        }
        catch (JsonException) // Perhaps the cause of the failure.
        {
            return null;
        }
    }

    private static string Shortened(string text) => text.Length <= MaxReasonLength ? text : text[..MaxReasonLength] + "…";
}
