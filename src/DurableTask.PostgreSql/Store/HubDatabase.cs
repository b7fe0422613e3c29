using Npgsql;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>The hub's own connections: few, long-lived, every statement prepared.</summary>
internal static class HubDatabase
{
    // Every statement is a lookup by key, planned once. A plan made while the tables are empty would scan them until the next analyze. A join
    // with unnest has "= any" beside it: before PostgreSQL 18 it would else read the whole index, if it was planned for a few rows.
    // Bitmap scans would read the entries of instances that have ended again and again until the next vacuum; index scans mark them.
    private const string PlannerSettings =
        "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
        + "-c plan_cache_mode=force_generic_plan -c jit=off";

    // A process that vanishes or is suspended in a transaction holds its locks for seconds only, not until TCP gives up. No transaction of the
    // hub is idle on purpose. Sessions are: the listener's, and that of the advisory lock for the timers.
    private const string LivenessSettings =
        "-c idle_in_transaction_session_timeout=5000 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";

    private const string SessionSettings = PlannerSettings + " " + LivenessSettings;

    public static NpgsqlDataSource Create(PostgresOrchestrationOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "task hub " + options.HubName,
            MaxPoolSize = options.TurnWriters + 8, // the writers, the listener, the leader of the timers, and the infrequent ones
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true, // only the listener changes its session's state, and it keeps its connection
            WriteBufferSize = 64 * 1024, // a group of turns in one write
            KeepAlive = 10,
            Timeout = 5,
            CommandTimeout = 30,
        };
        settings.Options = string.IsNullOrWhiteSpace(settings.Options) ? SessionSettings : $"{SessionSettings} {settings.Options}";
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = options.Schema };
        builder.UseLoggerFactory(options.LoggerFactory);
#if NET9_0_OR_GREATER
        builder.ConfigureTracing(tracing =>
            tracing // a commit belongs to many traces, and a poll of the hub to none
                .ConfigureCommandFilter(_ => false)
                .ConfigureBatchFilter(_ => false)
                .EnablePhysicalOpenTracing(false)
        );
#endif
        options.ConfigureDataSource?.Invoke(builder);
        return builder.Build();
    }
}
