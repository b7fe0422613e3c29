using DurableTask.Core;
using Quorum.DurableTask.PostgreSql;
using Quorum.HubKills.Seeds;

namespace Quorum.HubKills;

/// <summary>A process of a campaign's hub that runs the orchestrations of <see cref="SeedOrchestrations"/>.</summary>
internal sealed class CampaignWorker : IAsyncDisposable
{
    private readonly TaskHubWorker _worker;
    private int _isDisposed;

    /// <param name="service">The process.</param>
    /// <param name="run">Called for each run of an activity, with instance and call.</param>
    public CampaignWorker(PostgresOrchestrationService service, Func<string, Task> run)
    {
        Service = service;
        _worker = new TaskHubWorker(service) { ErrorPropagationMode = ErrorPropagationMode.UseFailureDetails };
        SeedOrchestrations.AddTo(_worker, run);
    }

    public PostgresOrchestrationService Service { get; }

    public Task StartAsync() => _worker.StartAsync();

    /// <summary>Ends without a word to the hub, as a process does that is killed: nothing more is written, and the lease expires.</summary>
    public async Task KillAsync()
    {
        await Service.DisposeAsync();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _worker.StopAsync(isForced: true);
        _worker.Dispose();
        await Service.DisposeAsync();
    }
}
