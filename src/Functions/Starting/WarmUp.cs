using System.Diagnostics;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Starting;

/// <summary>
/// Prepares the process for its first caller once everything has started: opens connections to PostgreSQL and the providers, reads what is
/// left of the providers' quotas, makes quotes of sample answers, and sends others through the task hub. Requests get a 503 until it is
/// over. Its failure does not fail the start.
/// </summary>
/// <remarks>The quotes of the task hub are of a symbol at <c>XXXX</c>, the ISO 10383 code for no market, which no provider lists: no call
/// is made, and nothing is stored or counted. The Functions host gives the hub's client to functions only: there the first function that
/// has it begins the quotes.</remarks>
public sealed partial class WarmUp(
    IServiceProvider services,
    QuorumDatabase database,
    ProviderFleet fleet,
    SampleQuotes samples,
    QuoteAggregation aggregation,
    InstanceStarter starter,
    TimeProvider time,
    ILogger<WarmUp> logger
) : IHostedLifecycleService
{
    /// <summary>A quote reads, saves and publishes at the same time, beside its orchestration.</summary>
    private const int Connections = 6;

    /// <summary>The runtime compiles a method again, for speed, once it has been called thirty times.</summary>
    private const int Rounds = 30;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10),
        RetryInterval = TimeSpan.FromMilliseconds(250);

    private static readonly QuoteRequest Request = new()
    {
        Symbol = Symbol.Parse("WARMUP:XXXX"),
        Providers = ProviderSelection.All,
        Budget = MaxWait,
        MaxAge = TimeSpan.Zero,
    };

    private readonly Lock _gate = new();
    private Task? _hub; // guarded by _gate
    private volatile bool _isConnected;

    /// <summary>True if the connections are open, or could not be opened.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>True if it has ended, well or not.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _isConnected && _hub is { IsCompleted: true };
            }
        }
    }

    /// <summary>Begins after all else has started, since it needs the task hub.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var hub = services.GetService<DurableTaskClient>() is { } durable ? WarmHubAsync(durable) : Task.CompletedTask;
        using var timeout = new CancellationTokenSource(MaxWait, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await Task.WhenAll([
                database.OpenPoolAsync(Connections, ended.Token),
                .. ProviderId.All.Select(provider => fleet.QuotaForAsync(provider, ended.Token).AsTask()),
                .. ProviderId.All.Select(provider => fleet.ConnectAsync(provider, ended.Token)),
                MakeSampleQuotesAsync(ended.Token),
            ]);
            await hub.WaitAsync(cancellationToken);
            LogOver(time.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(exception);
            await hub.WaitAsync(cancellationToken);
        }

        _isConnected = true;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends quotes through the task hub until its code is compiled for speed, once in the life of the process. Leaves no instance
    /// behind, and does not fail.</summary>
    public Task WarmHubAsync(DurableTaskClient durable)
    {
        lock (_gate)
        {
            return _hub ??= RunAsync(durable);
        }
    }

    /// <summary>Compiles what the quotes of the task hub, which have no price, do not need.</summary>
    private async Task MakeSampleQuotesAsync(CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            await samples.MakeAsync(cancellationToken);
        }
    }

    private async Task RunAsync(DurableTaskClient durable)
    {
        await Task.Yield(); // the caller holds the lock
        using var timeout = new CancellationTokenSource(MaxWait, time);
        using var unrecorded = new Activity("warm-up").Start(); // Not sampled: what follows from it is in no trace.
        for (var round = 0; round < Rounds; )
        {
            try
            {
                await AggregateAsync(round, durable).WaitAsync(timeout.Token); // given up, it still ends and purges
                round++;
            }
            catch (Exception exception) when (timeout.IsCancellationRequested)
            {
                LogFailed(exception);
                return;
            }
            catch (Exception) // The hub's tables may not be there yet, or PostgreSQL not answer: until the timeout.
            {
                await Task.Delay(RetryInterval, time, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>The first orchestration shows that the hub accepts them. The others are quotes, made as for a caller.</summary>
    private async Task AggregateAsync(int round, DurableTaskClient durable)
    {
        string instanceId;
        if (round > 0)
        {
            instanceId = await aggregation.WarmUpAsync(Request, durable);
        }
        else
        {
            instanceId = await starter.TryAsync(durable);
            await durable.WaitForInstanceCompletionAsync(instanceId, CancellationToken.None);
        }

        await durable.PurgeInstanceAsync(instanceId, CancellationToken.None);
    }

    [LoggerMessage(EventId = 1009, Level = LogLevel.Information, Message = "Warmed up in {Milliseconds:F0} ms.")]
    private partial void LogOver(double milliseconds);

    [LoggerMessage(EventId = 1008, Level = LogLevel.Warning, Message = "The warm-up failed; the first requests may be slower.")]
    private partial void LogFailed(Exception exception);
}
