using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.DurableTask.Contract.Tests.Facts;

namespace Quorum.DurableTask.Contract.Tests.PostgresSidecar;

[CollectionDefinition(nameof(PostgresSidecarEngine))]
public sealed class EngineDefinition : ICollectionFixture<PostgresSidecarEngine>;

[Collection(nameof(PostgresSidecarEngine))]
public sealed class ActivityTests(PostgresSidecarEngine engine) : ActivityFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class ContinueAsNewTests(PostgresSidecarEngine engine) : ContinueAsNewFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class CustomStatusTests(PostgresSidecarEngine engine) : CustomStatusFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class EntityTests(PostgresSidecarEngine engine) : EntityFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class EventTests(PostgresSidecarEngine engine) : EventFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class FailureTests(PostgresSidecarEngine engine) : FailureFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class LifecycleTests(PostgresSidecarEngine engine) : LifecycleFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class PayloadTests(PostgresSidecarEngine engine) : PayloadFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class PurgeTests(PostgresSidecarEngine engine) : PurgeFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class QueryTests(PostgresSidecarEngine engine) : QueryFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class ReplayTests(PostgresSidecarEngine engine) : ReplayFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class RetryTests(PostgresSidecarEngine engine) : RetryFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class RewindTests(PostgresSidecarEngine engine) : RewindFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class StartTests(PostgresSidecarEngine engine) : StartFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class SubOrchestrationTests(PostgresSidecarEngine engine) : SubOrchestrationFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class TimerTests(PostgresSidecarEngine engine) : TimerFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class VersionTests(PostgresSidecarEngine engine) : VersionFacts(engine);

[Collection(nameof(PostgresSidecarEngine))]
public sealed class WaitTests(PostgresSidecarEngine engine) : WaitFacts(engine);
