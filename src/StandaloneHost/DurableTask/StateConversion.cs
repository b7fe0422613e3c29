using DurableTask.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>Converts the states of DurableTask.Core into those of the client. Their statuses have the same values.</summary>
internal static class StateConversion
{
    /// <summary>Converts a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="converter">The converter of its payloads; <see langword="null"/> to leave them out.</param>
    public static OrchestrationMetadata Metadata(OrchestrationState state, PayloadConverter? converter) =>
        new(state.Name, state.OrchestrationInstance.InstanceId)
        {
            DataConverter = converter,
            RuntimeStatus = (OrchestrationRuntimeStatus)(int)state.OrchestrationStatus,
            CreatedAt = new DateTimeOffset(state.CreatedTime, TimeSpan.Zero),
            LastUpdatedAt = new DateTimeOffset(state.LastUpdatedTime, TimeSpan.Zero),
            SerializedInput = converter is not null ? state.Input : null,
            SerializedOutput = converter is not null ? state.Output : null,
            SerializedCustomStatus = state.Status,
            FailureDetails = state.FailureDetails is { } failure ? Details(failure) : null,
            Tags = state.Tags is { } tags
                ? new Dictionary<string, string>(tags, StringComparer.Ordinal)
                : new Dictionary<string, string>(StringComparer.Ordinal),
        };

    private static TaskFailureDetails Details(FailureDetails failure) =>
        new(
            failure.ErrorType,
            failure.ErrorMessage,
            failure.StackTrace,
            failure.InnerFailure is { } inner ? Details(inner) : null,
            failure.Properties
        );
}
