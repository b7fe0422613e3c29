using System.Diagnostics.Metrics;
using DurableTask.Core;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Sessions;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.DurableTask.PostgreSql.Telemetry;

namespace Quorum.DurableTask.PostgreSql;

/// <summary>
/// A task hub on PostgreSQL for DurableTask.Core: service and client in one. A process that only starts and observes orchestrations uses it
/// without <see cref="StartAsync()"/>; a worker passes it to a <see cref="TaskHubWorker"/>.
/// </summary>
public sealed partial class PostgresOrchestrationService
    : IOrchestrationService,
        IOrchestrationServiceClient,
        IOrchestrationServicePurgeClient,
        global::DurableTask.Core.Query.IOrchestrationServiceQueryClient,
        IAsyncDisposable
{
    private readonly PostgresOrchestrationOptions _options;
    private readonly HubMigrator _migrator;
    private readonly InstanceStore _instances;
    private readonly InstanceQueries _queries;
    private readonly TurnWriter _writer;
    private readonly ActivityQueue _activities;
    private readonly SessionHub _hub;
    private readonly AsyncLocal<Exception?> _processFault = new();
    private readonly CompletionWaiters _waiters = new();
    private readonly ClaimSchedule _claims;
    private readonly WorkerStore _store;
    private readonly PostgresOutage _outage;
    private readonly HubWorker _worker;
    private readonly Meter _meter;
    private int _isDisposed;

    /// <exception cref="ArgumentException">A setting is invalid; the message names every one.</exception>
    public PostgresOrchestrationService(PostgresOrchestrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { } faults)
        {
            throw new ArgumentException(faults, nameof(options));
        }

        _options = options;
        var logger = options.LoggerFactory.CreateLogger(HubMetrics.MeterName);
        var sql = new HubSql(options.Schema);
        DataSource = HubDatabase.Create(options);
        _outage = new PostgresOutage(options.Time, logger);
        _migrator = new HubMigrator(DataSource, sql);
        _instances = new InstanceStore(DataSource, sql);
        _queries = new InstanceQueries(DataSource, sql);

        // The worker's id: machine and process id for operators, and a random part, because process ids are reused.
        var workerId = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";
        _store = new WorkerStore(DataSource, sql, workerId);
        _writer = new TurnWriter(new TurnStore(DataSource, sql, workerId), _outage, options, logger);
        _activities = new ActivityQueue(options, logger);
        _claims = new ClaimSchedule(options.Time);
        _hub = new SessionHub(options, _store, _writer, _activities, _outage, _claims, logger);
        var listener = new HubListener(_store, _queries, _hub, _waiters, _outage, logger);
        var lease = new HubLease(options, new LeaseStore(DataSource, sql, workerId), _migrator, _outage, logger);
        var claims = new InstanceClaims(options, _store, _hub, _outage, logger);
        _worker = new HubWorker(options, lease, claims, _hub, listener, logger);
        _meter = HubMetrics.Observe(this);
    }

    /// <summary>The hub's connections. Their sessions have planner settings for lookups by key.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>The unique name of this process in the hub.</summary>
    public string WorkerId => _store.WorkerId;

    /// <summary>Orchestrations in this process' memory.</summary>
    public int ResidentInstances => _hub.ResidentCount;

    /// <summary>Activities that run in this process.</summary>
    public int RunningActivities => _activities.Running;

    /// <summary>Starts that wait for PostgreSQL.</summary>
    public int WaitingStarts => _writer.WaitingStarts;

    /// <summary>True while PostgreSQL does not serve a part of the hub.</summary>
    public bool IsOut => _outage.IsOut;

    /// <summary>The number of turns written by this process and of the transactions that they took.</summary>
    public (long Turns, long Commits) Written => _writer.Written;

    /// <summary>Joins the hub: applies migrations, takes a lease, and claims instances. Waits while PostgreSQL is unavailable.</summary>
    public Task StartAsync() => _worker.StartAsync(CancellationToken.None);

    /// <inheritdoc cref="StartAsync()"/>
    public Task StartAsync(CancellationToken cancellationToken) => _worker.StartAsync(cancellationToken);

    public Task StopAsync() => StopAsync(isForced: false);

    /// <summary>Leaves the hub: writes pending turns and releases the rest to other processes at once.</summary>
    public async Task StopAsync(bool isForced)
    {
        using var limit = new CancellationTokenSource(isForced ? TimeSpan.FromSeconds(2) : TimeSpan.FromSeconds(20));
        await StopAsync(limit.Token);
    }

    /// <summary>Leaves the hub: waits for running activities until the token ends, then cancels them, writes pending turns and
    /// releases the rest to other processes at once.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _worker.StopAsync(cancellationToken);

    public Task CreateAsync() => CreateIfNotExistsAsync();

    public async Task CreateAsync(bool recreateInstanceStore)
    {
        if (recreateInstanceStore)
        {
            await _migrator.DropAsync(CancellationToken.None);
        }

        await CreateIfNotExistsAsync();
    }

    public Task CreateIfNotExistsAsync() => _migrator.MigrateAsync(_options.HubName, CancellationToken.None);

    public Task DeleteAsync() => DeleteAsync(deleteInstanceStore: true);

    public Task DeleteAsync(bool deleteInstanceStore) =>
        deleteInstanceStore ? _migrator.DropAsync(CancellationToken.None) : Task.CompletedTask;

    /// <summary>Closes the connections. Call <see cref="StopAsync(bool)"/> first; without it the lease is left to expire, as after a
    /// crash.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _worker.AbortAsync();
        _meter.Dispose();
        _worker.Dispose();
        _activities.Dispose();
        _claims.Dispose();
        await DataSource.DisposeAsync();
    }
}
