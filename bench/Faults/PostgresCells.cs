using Npgsql;
using Quorum.MarketData;

namespace Quorum.Faults;

/// <summary>PostgreSQL with each of its faults, and together with each failing provider.</summary>
internal sealed class PostgresCells(TestBed bed, FaultArguments arguments, Action<string> report)
{
    /// <summary>
    /// The time in which the hub must be durable again, as for a provider behind a circuit breaker: five seconds plus the request.
    /// </summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(6.5);

    private static readonly TimeSpan Away = TimeSpan.FromSeconds(1),
        Slow = TimeSpan.FromMilliseconds(400),
        Silence = TimeSpan.FromSeconds(30);

    private readonly Recoveries _recoveries = new(bed.QuoteClient);
    private readonly List<Cell> _cells = [];

    public async Task<IReadOnlyList<Cell>> BreakEachAsync(CancellationToken cancellationToken)
    {
        var proxy = bed.Postgres;
        await using var admin = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(bed.Database.ConnectionString) { Pooling = false }.ConnectionString
        );
        await TryAsync("refused", Do(proxy.Refuse), Do(proxy.Accept));
        await TryAsync("slow", Do(() => proxy.Delay(Slow)), Do(() => proxy.Delay(TimeSpan.Zero)));
        await using (var resets = new Timer(_ => proxy.Reset()))
        {
            await TryAsync(
                "connection reset",
                Do(() => resets.Change(0, 150)),
                Do(() => resets.Change(Timeout.Infinite, Timeout.Infinite))
            );
        }

        var restart = Task.CompletedTask;
        await TryAsync("restarted", Do(() => restart = bed.Database.RestartAsync(Away, CancellationToken.None)), () => restart);

        // Connections stay open but nothing arrives: the pool fills with sessions that are being opened.
        await TryAsync(
            "pool exhausted",
            Do(() =>
            {
                proxy.Delay(Silence);
                proxy.Reset();
            }),
            Do(() =>
            {
                proxy.Delay(TimeSpan.Zero);
                proxy.Reset();
            })
        );
        await using (var sessions = new Sessions(bed.Database.ConnectionString))
        {
            await TryAsync(
                "too many sessions",
                async () =>
                {
                    proxy.Refuse();
                    await sessions.TakeAllAsync(cancellationToken);
                    proxy.Accept();
                },
                sessions.EndAsync
            );
        }

        await TryAsync(
            "read-only",
            () => ExecuteAsync("alter database quorum set default_transaction_read_only = on", EndSessions),
            () =>
                ExecuteAsync(
                    "set default_transaction_read_only = off",
                    "alter database quorum reset default_transaction_read_only",
                    EndSessions
                )
        );
        await TryAsync("disk full", () => ExecuteAsync(DiskFull), () => ExecuteAsync(DiskNotFull));
        return _cells;

        async Task TryAsync(string fault, Func<Task> breakIt, Func<Task> mendIt)
        {
            if (arguments.Wants($"postgresql {fault}"))
            {
                report($"postgresql: {fault}");
                await breakIt();
                var answers = await bed.QuoteClient.AskAsync(arguments.Requests, cancellationToken);
                await mendIt();
                await AddAsync(Cell.Judge("postgresql", fault, answers, new Dictionary<string, ProviderFault>()), cancellationToken);
            }
        }

        static Func<Task> Do(Action act) =>
            () =>
            {
                act();
                return Task.CompletedTask;
            };

        async Task ExecuteAsync(params string[] statements)
        {
            await using var connection = await admin.OpenConnectionAsync(cancellationToken);
            foreach (var statement in statements)
            {
                await using var command = new NpgsqlCommand(statement, connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    /// <summary>
    /// Lets PostgreSQL refuse connections while a provider has the given fault. The first requests spend half of their budget on the hub.
    /// </summary>
    public async Task<IReadOnlyList<Cell>> BreakPairsAsync(IEnumerable<ProviderFault> faults, CancellationToken cancellationToken)
    {
        foreach (var fault in faults.Select(fault => fault with { MayBeLate = true }))
        {
            var name = $"{ProviderFault.Refused} + {fault.Name}";
            foreach (var provider in ProviderId.All.Where(provider => arguments.Wants($"postgresql + {provider} {name}")))
            {
                if (!_recoveries.HasRoomFor(provider))
                {
                    await _recoveries.WaitAsync(cancellationToken);
                }

                report($"postgresql + {provider}: {name}");
                bed.Postgres.Refuse();
                await bed.BreakAsync(provider, fault, cancellationToken);
                var answers = await bed.QuoteClient.AskAsync(arguments.Requests, cancellationToken);
                _recoveries.Note(answers);
                await bed.MendAsync(provider, fault, cancellationToken);
                bed.Postgres.Accept();
                _recoveries.NoteMended(provider, fault.Recovery);
                await AddAsync(
                    Cell.Judge(
                        $"postgresql + {provider}",
                        name,
                        answers,
                        new Dictionary<string, ProviderFault> { [provider.ToString()] = fault }
                    ),
                    cancellationToken
                );
            }

            if (await _recoveries.FinishAsync($"postgresql {name}", cancellationToken) is { } recovery)
            {
                _cells.Add(recovery);
            }
        }

        return _cells;
    }

    private async Task AddAsync(Cell cell, CancellationToken cancellationToken)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        var durable = await bed.IsDurableWithinAsync(Recovery, cancellationToken);
        var took = $"durable again after {System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s";
        _cells.Add(
            cell with
            {
                Outcome = string.Join("; ", new[] { cell.Outcome, durable ? took : "" }.Where(text => text.Length > 0)),
                Faults = durable ? cell.Faults : [.. cell.Faults, $"not durable again within {Recovery.TotalSeconds:0.0} s"],
            }
        );
    }

    private const string EndSessions =
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'quorum' and pid <> pg_backend_pid()";

    /// <summary>Fails every write of the app as a full disk does.</summary>
    private const string DiskFull = """
        create schema faults;
        create function faults.disk_full() returns trigger language plpgsql as $$
        begin
          raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
        end
        $$;
        do $$
        declare
          each_table regclass;
        begin
          for each_table in select oid from pg_class where relkind in ('r', 'p') and relnamespace in ('quorum'::regnamespace, 'taskhub'::regnamespace) loop
            execute format('create trigger disk_full before insert or update on %s for each statement execute function faults.disk_full()', each_table);
          end loop;
        end
        $$
        """;

    private const string DiskNotFull = "drop schema faults cascade";
}
