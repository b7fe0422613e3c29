using DurableTask.Core;
using Microsoft.DurableTask.Testing.Sidecar;

namespace Quorum.DurableTask.Contract.Tests.Engines;

/// <summary>The oracle: the in-memory service of Microsoft.DurableTask.InProcessTestHost, which is not ours.</summary>
public sealed class InMemoryEngine : SidecarEngine
{
    protected override Task<IOrchestrationService> CreateServiceAsync() => Task.FromResult<IOrchestrationService>(new Service());

    /// <summary>Runs more than two work items at a time: its dispatcher sleeps half a second whenever the limit is reached.</summary>
    private sealed class Service : InMemoryOrchestrationService, IOrchestrationService
    {
        int IOrchestrationService.MaxConcurrentTaskOrchestrationWorkItems => 1000;

        int IOrchestrationService.MaxConcurrentTaskActivityWorkItems => 1000;
    }
}
