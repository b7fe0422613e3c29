using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Quorum.Functions.Http;
using Quorum.Functions.Overload;
using Quorum.Functions.Quotes;
using Quorum.Functions.Telemetry;
using Quorum.Functions.Traces;
using Quorum.MarketData;
using Quorum.Storage;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Traces;

public sealed class TraceRecorderTests : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualTimeProvider _time = new();
    private TestDatabase _database = null!; // set by xunit before each test
    private QuorumDatabase _pool = null!; // likewise
    private AppMetrics _metrics = null!; // likewise
    private TraceRecorder _recorder = null!; // likewise

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _pool = new QuorumDatabase(Options.Create(new StorageOptions { ConnectionString = _database.ConnectionString }));
        await new DatabaseMigrator(_pool).MigrateAsync(CancellationToken.None);
        _metrics = new AppMetrics(
            _services.GetRequiredService<IMeterFactory>(),
            new Admission(Options.Create(new OverloadOptions())),
            new HubHealth(_time)
        );
        _recorder = new TraceRecorder(
            new TraceStore(_pool),
            _metrics,
            _time,
            Options.Create(new TraceOptions()),
            NullLogger<TraceRecorder>.Instance
        );
    }

    public async Task DisposeAsync()
    {
        _recorder.Dispose();
        _metrics.Dispose();
        await _pool.DisposeAsync();
        await _database.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task A_stop_waits_for_traces_that_are_being_stored()
    {
        await _recorder.StartAsync(CancellationToken.None);
        await _time.WhenArmedAsync();
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("lock table quorum.traces in access exclusive mode", connection, transaction);
        await command.ExecuteNonQueryAsync();
        Begin();
        _time.Advance(TimeSpan.FromSeconds(5)); // past the deadline
        await _database.WaitUntilAsync(
            "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())"
        );

        var stopping = _recorder.StopAsync(CancellationToken.None);
        await transaction.CommitAsync();
        await stopping.WithinAsync();

        Assert.Equal(1, await _database.QueryAsync<long>("select count(*) from quorum.traces"));
    }

    private void Begin()
    {
        var request = new QuoteRequest
        {
            Symbol = Symbol.Parse("AAPL"),
            Budget = TimeSpan.FromSeconds(1),
            MaxAge = TimeSpan.Zero,
            Providers = ProviderSelection.All,
        };
        var traceId = new string('a', 32);
        Assert.NotNull(_recorder.Begin(request, traceId, "instance", _time.GetUtcNow() + request.Budget, new RequestClock(_time)));
    }
}
