using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.DurableTask.Contract.Tests.Facts;

namespace Quorum.DurableTask.Contract.Tests.InProcessReplay;

[CollectionDefinition(nameof(ReplayingInProcessEngine))]
public sealed class EngineDefinition : ICollectionFixture<ReplayingInProcessEngine>;

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class ActivityTests(ReplayingInProcessEngine engine) : ActivityFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class ContinueAsNewTests(ReplayingInProcessEngine engine) : ContinueAsNewFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class CustomStatusTests(ReplayingInProcessEngine engine) : CustomStatusFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class EntityTests(ReplayingInProcessEngine engine) : EntityFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class EventTests(ReplayingInProcessEngine engine) : EventFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class FailureTests(ReplayingInProcessEngine engine) : FailureFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class LifecycleTests(ReplayingInProcessEngine engine) : LifecycleFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class PayloadTests(ReplayingInProcessEngine engine) : PayloadFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class PurgeTests(ReplayingInProcessEngine engine) : PurgeFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class QueryTests(ReplayingInProcessEngine engine) : QueryFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class ReplayTests(ReplayingInProcessEngine engine) : ReplayFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class RetryTests(ReplayingInProcessEngine engine) : RetryFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class RewindTests(ReplayingInProcessEngine engine) : RewindFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class StartTests(ReplayingInProcessEngine engine) : StartFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class SubOrchestrationTests(ReplayingInProcessEngine engine) : SubOrchestrationFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class TimerTests(ReplayingInProcessEngine engine) : TimerFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class VersionTests(ReplayingInProcessEngine engine) : VersionFacts(engine);

[Collection(nameof(ReplayingInProcessEngine))]
public sealed class WaitTests(ReplayingInProcessEngine engine) : WaitFacts(engine);
