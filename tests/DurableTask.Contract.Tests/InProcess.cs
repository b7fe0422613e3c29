using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.DurableTask.Contract.Tests.Facts;

namespace Quorum.DurableTask.Contract.Tests.InProcess;

[CollectionDefinition(nameof(InProcessEngine))]
public sealed class EngineDefinition : ICollectionFixture<InProcessEngine>;

[Collection(nameof(InProcessEngine))]
public sealed class ActivityTests(InProcessEngine engine) : ActivityFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class ContinueAsNewTests(InProcessEngine engine) : ContinueAsNewFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class CustomStatusTests(InProcessEngine engine) : CustomStatusFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class EntityTests(InProcessEngine engine) : EntityFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class EventTests(InProcessEngine engine) : EventFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class FailureTests(InProcessEngine engine) : FailureFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class LifecycleTests(InProcessEngine engine) : LifecycleFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class PayloadTests(InProcessEngine engine) : PayloadFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class PurgeTests(InProcessEngine engine) : PurgeFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class QueryTests(InProcessEngine engine) : QueryFacts(engine);

// An orchestrator in memory is replayed by another process only.
[Collection(nameof(ReplayingInProcessEngine))]
public sealed class ReplayTests(ReplayingInProcessEngine engine) : ReplayFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class RetryTests(InProcessEngine engine) : RetryFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class RewindTests(InProcessEngine engine) : RewindFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class StartTests(InProcessEngine engine) : StartFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class SubOrchestrationTests(InProcessEngine engine) : SubOrchestrationFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class TimerTests(InProcessEngine engine) : TimerFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class VersionTests(InProcessEngine engine) : VersionFacts(engine);

[Collection(nameof(InProcessEngine))]
public sealed class WaitTests(InProcessEngine engine) : WaitFacts(engine);
