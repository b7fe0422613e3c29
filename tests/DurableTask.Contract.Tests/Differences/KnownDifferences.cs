using Quorum.DurableTask.Contract.Tests.Facts;

namespace Quorum.DurableTask.Contract.Tests.Differences;

public sealed partial record Difference
{
    private const string InMemory = nameof(InMemory);
    private const string PostgresSidecar = nameof(PostgresSidecar);

    private const string DropsStartTime = "TaskHubGrpcServer.StartInstance drops the scheduled start time.";
    private const string HasNoRewind = "InProcessTestHost's TaskHubGrpcServer has no rewind.";
    private const string LosesBufferedEvents =
        "InProcessTestHost's dispatcher loses events that a later turn of a generation has buffered.";

    /// <summary>Every known difference. A test fails as soon as one of them is gone.</summary>
    public static readonly IReadOnlyList<Difference> All =
    [
        new(InMemory, nameof(StartFacts.An_instance_may_start_later), DropsStartTime),
        new(InMemory, nameof(StartFacts.An_instance_that_starts_later_is_pending_until_then), DropsStartTime),
        new(InMemory, nameof(ContinueAsNewFacts.Events_that_were_not_taken_go_to_the_next_generation), LosesBufferedEvents),
        new(InMemory, nameof(QueryFacts.Inputs_and_outputs_come_only_if_asked_for), "The in-memory service returns them always."),
        new(InMemory, nameof(RewindFacts.A_rewound_instance_runs_what_failed_again_and_keeps_what_succeeded), HasNoRewind),
        new(InMemory, nameof(RewindFacts.A_rewound_instance_that_fails_again_can_be_rewound_again), HasNoRewind),
        new(InMemory, nameof(RewindFacts.A_rewind_goes_through_the_sub_orchestrations_that_failed), HasNoRewind),
        new(InMemory, nameof(RewindFacts.A_rewound_instance_takes_the_events_that_come_later), HasNoRewind),
        new(InMemory, nameof(RewindFacts.Only_an_instance_that_failed_can_be_rewound), HasNoRewind),
        new(PostgresSidecar, nameof(StartFacts.An_instance_may_start_later), DropsStartTime),
        new(PostgresSidecar, nameof(StartFacts.An_instance_that_starts_later_is_pending_until_then), DropsStartTime),
        new(PostgresSidecar, nameof(ContinueAsNewFacts.Events_that_were_not_taken_go_to_the_next_generation), LosesBufferedEvents),
        new(PostgresSidecar, nameof(RewindFacts.A_rewound_instance_runs_what_failed_again_and_keeps_what_succeeded), HasNoRewind),
        new(PostgresSidecar, nameof(RewindFacts.A_rewound_instance_that_fails_again_can_be_rewound_again), HasNoRewind),
        new(PostgresSidecar, nameof(RewindFacts.A_rewind_goes_through_the_sub_orchestrations_that_failed), HasNoRewind),
        new(PostgresSidecar, nameof(RewindFacts.A_rewound_instance_takes_the_events_that_come_later), HasNoRewind),
        new(PostgresSidecar, nameof(RewindFacts.Only_an_instance_that_failed_can_be_rewound), HasNoRewind),
    ];
}
