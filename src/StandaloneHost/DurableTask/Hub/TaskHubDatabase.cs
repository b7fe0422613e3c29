using Microsoft.Extensions.Logging;
using Npgsql;

namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>The hub's own connections: few, long-lived, every statement prepared.</summary>
internal sealed class TaskHubDatabase : IAsyncDisposable
{
    // Every statement is a probe by key, planned once. A plan made while the tables are empty would scan them until the next analyze.
    private const string PlannerSettings = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan -c jit=off";

    public TaskHubDatabase(DurableTaskOptions options, ILoggerFactory loggerFactory)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "task hub " + options.HubName,
            MaxPoolSize = options.TurnWriters + 8, // the writers, the listener, the one that leads the timers, and the seldom ones
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true, // nothing here changes a session's state, but the listener, which keeps its connection
            WriteBufferSize = 64 * 1024, // a group of turns in one piece
            KeepAlive = 10,
            Timeout = 5,
            CommandTimeout = 30,
        };
        settings.Options = string.IsNullOrWhiteSpace(settings.Options) ? PlannerSettings : $"{PlannerSettings} {settings.Options}";
        Source = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "taskhub" }
            .UseLoggerFactory(loggerFactory)
            .ConfigureTracing(tracing => tracing // a commit belongs to many traces, and a look at the hub to none
                .ConfigureCommandFilter(_ => false)
                .ConfigureBatchFilter(_ => false)
                .EnablePhysicalOpenTracing(false))
            .Build();
    }

    public NpgsqlDataSource Source { get; }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
