using System.Diagnostics;
using Npgsql;
using Quorum.MarketData;
using Quorum.Surroundings;

namespace Quorum.Faults;

/// <summary>Everything started, broken piece by piece and mended again.</summary>
internal sealed class Matrix(FaultArguments arguments, Action<string> report)
{
    /// <summary>A minute's rate limit is the longest that a provider is left alone; a breaker's period is shorter.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(75);

    private const long MemoryAllowance = 120L << 20;

    private readonly List<Cell> _cells = [];

    public async Task<IReadOnlyList<Cell>> RunAsync(CancellationToken cancellationToken)
    {
        await using var database = await Database.StartAsync("faults", report, cancellationToken);
        await using var simulator = await Simulator.StartAsync(cancellationToken);
        using var admin = new HttpClient { BaseAddress = new Uri(simulator.Address + "/admin/") };
        var port = new Uri(simulator.Address).Port;
        await using var postgres = Front.Open(database.Port);
        var fronts = ProviderId.All.ToDictionary(provider => provider, _ => Front.Open(port));
        var behindFront = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = postgres.Port }.ConnectionString;
        await using (var app = await AppProcess.StartAsync(
            behindFront, provider => $"http://127.0.0.1:{fronts[provider].Port}", new Dictionary<string, string?>(), cancellationToken))
        {
            using var asker = new Asker(app.Address);
            await asker.AskAsync(200, cancellationToken); // compiled, connected
            var before = Memory(app);
            await BreakProvidersAsync(asker, admin, fronts, cancellationToken);
            await BreakPairsAsync(asker, admin, fronts, cancellationToken);
            await BreakPostgresAsync(asker, database, postgres, cancellationToken);
            var grown = Memory(app) - before;
            _cells.Add(new Cell("memory", "after all", 0, TimeSpan.Zero, $"{grown >> 20:+0;-0} MiB", grown > MemoryAllowance ? ["grows"] : []));
        }

        await BreakNamesAndCertificatesAsync(database, simulator, cancellationToken);
        foreach (var front in fronts.Values)
        {
            await front.DisposeAsync();
        }

        return _cells;
    }

    private static long Memory(AppProcess app)
    {
        using var process = Process.GetProcessById(app.ProcessId);
        return process.WorkingSet64;
    }

    private async Task BreakProvidersAsync(
        Asker asker, HttpClient admin, Dictionary<ProviderId, Front> fronts, CancellationToken cancellationToken)
    {
        foreach (var fault in ProviderFault.All)
        {
            var tried = new List<ProviderId>();
            foreach (var provider in ProviderId.All.Where(provider => IsWanted($"{provider} {fault.Name}")))
            {
                report($"{provider}: {fault.Name}");
                tried.Add(provider);
                await BreakAsync(fault, provider);
                var answers = await asker.AskAsync(arguments.Requests, cancellationToken);
                await MendAsync(fault, provider);
                _cells.Add(Cell.Judge(
                    provider.ToString(), fault.Name, answers, Right(provider, fault), fault.Lies ? [provider.ToString()] : []));
            }

            await RecoverAsync(asker, fault.Name, tried, cancellationToken);
        }

        async Task BreakAsync(ProviderFault fault, ProviderId provider)
        {
            if (fault.Name == ProviderFault.Refused)
            {
                fronts[provider].Refuse();
            }
            else
            {
                await fault.SwitchOnAsync(admin, provider.ToString(), cancellationToken);
            }
        }

        async Task MendAsync(ProviderFault fault, ProviderId provider)
        {
            if (fault.Name == ProviderFault.Refused)
            {
                fronts[provider].Accept();
            }

            using var response = await admin.DeleteAsync(new Uri("faults", UriKind.Relative), cancellationToken);
        }
    }

    private static Dictionary<string, string[]> Right(ProviderId provider, ProviderFault fault) => new() { [provider.ToString()] = fault.Outcomes };

    private async Task BreakPairsAsync(
        Asker asker, HttpClient admin, Dictionary<ProviderId, Front> fronts, CancellationToken cancellationToken)
    {
        var refused = ProviderFault.All.Single(fault => fault.Name == ProviderFault.Refused);
        foreach (var second in ProviderFault.All.Where(fault => fault.Name is "503" || (!arguments.Quick && fault.Name is "slow headers" or "200 with HTML")))
        {
            var all = ProviderId.All;
            for (var i = 0; i < all.Count; i++)
            {
                for (var j = i + 1; j < all.Count; j++)
                {
                    if (!IsWanted($"{all[i]} + {all[j]} pair"))
                    {
                        continue;
                    }

                    fronts[all[i]].Refuse();
                    await second.SwitchOnAsync(admin, all[j].ToString(), cancellationToken);
                    var answers = await asker.AskAsync(arguments.Requests, cancellationToken);
                    fronts[all[i]].Accept();
                    using var response = await admin.DeleteAsync(new Uri("faults", UriKind.Relative), cancellationToken);
                    _cells.Add(Cell.Judge(
                        $"{all[i]} + {all[j]}", $"refused + {second.Name}", answers,
                        new Dictionary<string, string[]> { [all[i].ToString()] = [.. refused.Outcomes, "circuit-open"], [all[j].ToString()] = [.. second.Outcomes, "circuit-open"] },
                        liars: []));
                }
            }

            await RecoverAsync(asker, $"refused + {second.Name}", all, cancellationToken);
        }
    }

    private async Task BreakPostgresAsync(Asker asker, Database database, Front front, CancellationToken cancellationToken)
    {
        await using var admin = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await TryAsync("refused", () => Do(front.Refuse), () => Do(front.Accept));
        await TryAsync("slow", () => Do(() => front.Delay(TimeSpan.FromMilliseconds(400))), () => Do(() => front.Delay(TimeSpan.Zero)));
        using (var resets = new Timer(_ => front.Reset()))
        {
            await TryAsync("connection reset", () => Do(() => resets.Change(0, 150)), () => Do(() => resets.Change(Timeout.Infinite, Timeout.Infinite)));
        }

        await TryAsync("restarted", () => { _ = database.RestartAsync(TimeSpan.FromSeconds(1), CancellationToken.None); return Task.CompletedTask; },
            () => Task.Delay(TimeSpan.FromSeconds(4), cancellationToken));
        await TryAsync("out of connections", async () =>
        {
            await ExecuteAsync("alter system set max_connections = 200; ");
            front.Refuse();
            front.Accept();
            front.Delay(TimeSpan.FromSeconds(30)); // No new connection gets as far as a session, and the pool has none to give.
        }, () => Do(() => { front.Delay(TimeSpan.Zero); front.Reset(); }));
        await TryAsync("read-only", () => ExecuteAsync("alter database quorum set default_transaction_read_only = on", EndSessions),
            () => ExecuteAsync("set default_transaction_read_only = off", "alter database quorum reset default_transaction_read_only", EndSessions));
        await TryAsync("disk full", () => ExecuteAsync(DiskFull), () => ExecuteAsync(DiskNotFull));

        async Task TryAsync(string fault, Func<Task> breakIt, Func<Task> mendIt)
        {
            if (!IsWanted($"postgresql {fault}"))
            {
                return;
            }

            report($"postgresql: {fault}");
            await breakIt();
            var answers = await asker.AskAsync(arguments.Requests, cancellationToken);
            await mendIt();
            var cell = Cell.Judge("postgresql", fault, answers, new Dictionary<string, string[]>(), []);
            var start = Stopwatch.GetTimestamp();
            var durable = false;
            while (!durable && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30))
            {
                var answer = await asker.AskAsync(cancellationToken);
                durable = answer is { Status: 200, InstanceId: not null } && answer.Body?["completeness"]?.ToString() != "stale";
                await Task.Delay(100, cancellationToken);
            }

            _cells.Add(cell with
            {
                Outcome = durable ? $"durable again after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s" : "",
                Faults = durable ? cell.Faults : [.. cell.Faults, "not durable again within 30 s"],
            });
        }

        static Task Do(Action act)
        {
            act();
            return Task.CompletedTask;
        }

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

    private const string EndSessions = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'quorum' and pid <> pg_backend_pid()";

    /// <summary>Every write of the app is refused as a full disk refuses it.</summary>
    private const string DiskFull =
        """
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

    /// <summary>A name that does not exist and a certificate that nobody trusts stand in the settings: an app for each two providers.</summary>
    private async Task BreakNamesAndCertificatesAsync(Database database, Simulator simulator, CancellationToken cancellationToken)
    {
        await using var untrusted = Front.OpenUntrusted(new Uri(simulator.Address).Port);
        var all = ProviderId.All;
        for (var i = 0; i < all.Count; i++)
        {
            var (tls, dns) = (all[i], all[(i + 1) % all.Count]);
            if (!IsWanted($"{tls} {ProviderFault.Tls}") && !IsWanted($"{dns} {ProviderFault.Dns}"))
            {
                continue;
            }

            report($"{tls}: {ProviderFault.Tls}, {dns}: {ProviderFault.Dns}");
            await using var app = await AppProcess.StartAsync(
                database.ConnectionString,
                provider => provider == tls ? $"https://127.0.0.1:{untrusted.Port}" : provider == dns ? "http://provider.invalid" : simulator.Address,
                new Dictionary<string, string?>(),
                cancellationToken);
            using var asker = new Asker(app.Address);
            await asker.AskAsync(20, cancellationToken); // compiled, connected
            var answers = await asker.AskAsync(arguments.Requests, cancellationToken);
            string[] right = ["unreachable", "circuit-open"];
            _cells.Add(Cell.Judge(tls.ToString(), ProviderFault.Tls, answers, new Dictionary<string, string[]> { [tls.ToString()] = right }, []));
            _cells.Add(Cell.Judge(dns.ToString(), ProviderFault.Dns, answers, new Dictionary<string, string[]> { [dns.ToString()] = [.. right, "timed-out"] }, []));
        }
    }

    /// <summary>All of them answer again.</summary>
    private async Task RecoverAsync(Asker asker, string fault, IReadOnlyList<ProviderId> providers, CancellationToken cancellationToken)
    {
        if (providers.Count == 0)
        {
            return;
        }

        var start = Stopwatch.GetTimestamp();
        var missing = providers.Select(provider => provider.ToString()).ToHashSet();
        while (missing.Count > 0 && Stopwatch.GetElapsedTime(start) < Recovery)
        {
            var answer = await asker.AskAsync(cancellationToken);
            missing.RemoveWhere(provider => answer.OutcomeOf(provider) == "ok");
            await Task.Delay(100, cancellationToken);
        }

        var took = Stopwatch.GetElapsedTime(start);
        _cells.Add(new Cell("recovery", fault, 0, TimeSpan.Zero, $"{took.TotalSeconds:0.0} s",
            missing.Count == 0 ? [] : [$"not within {Recovery.TotalSeconds:0} s: {string.Join(", ", missing)}"]));
    }

    private bool IsWanted(string name) => name.Contains(arguments.Only, StringComparison.OrdinalIgnoreCase);
}
