using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.DurableTask.Contract.Tests.Facts;

namespace Quorum.DurableTask.Contract.Tests.InMemory;

[CollectionDefinition(nameof(InMemoryEngine))]
public sealed class EngineDefinition : ICollectionFixture<InMemoryEngine>;

[Collection(nameof(InMemoryEngine))]
public sealed class ActivityTests(InMemoryEngine engine) : ActivityFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class ContinueAsNewTests(InMemoryEngine engine) : ContinueAsNewFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class CustomStatusTests(InMemoryEngine engine) : CustomStatusFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class EntityTests(InMemoryEngine engine) : EntityFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class EventTests(InMemoryEngine engine) : EventFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class FailureTests(InMemoryEngine engine) : FailureFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class LifecycleTests(InMemoryEngine engine) : LifecycleFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class PayloadTests(InMemoryEngine engine) : PayloadFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class PurgeTests(InMemoryEngine engine) : PurgeFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class QueryTests(InMemoryEngine engine) : QueryFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class ReplayTests(InMemoryEngine engine) : ReplayFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class RetryTests(InMemoryEngine engine) : RetryFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class RewindTests(InMemoryEngine engine) : RewindFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class StartTests(InMemoryEngine engine) : StartFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class SubOrchestrationTests(InMemoryEngine engine) : SubOrchestrationFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class TimerTests(InMemoryEngine engine) : TimerFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class VersionTests(InMemoryEngine engine) : VersionFacts(engine);

[Collection(nameof(InMemoryEngine))]
public sealed class WaitTests(InMemoryEngine engine) : WaitFacts(engine);
