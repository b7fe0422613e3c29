using System.Diagnostics;
using Npgsql;
using Quorum.Harness;
using Quorum.MarketData;

namespace Quorum.Faults;

/// <summary>Starts everything, breaks one part after the other and repairs it.</summary>
internal sealed class Matrix(FaultArguments arguments, Action<string> report)
{
    private const long MemoryAllowance = 120L << 20;
    private const int WarmUp = 200;

    private static readonly Dictionary<string, string?> NoSettings = [];

    private readonly List<Cell> _cells = [];

    public async Task<IReadOnlyList<Cell>> RunAsync(CancellationToken cancellationToken)
    {
        await using var database = await Database.StartAsync("faults", report, cancellationToken);
        await using var simulator = await Simulator.StartAsync(cancellationToken);
        using var admin = new HttpClient { BaseAddress = new Uri(simulator.Address + "/admin/") };
        var port = new Uri(simulator.Address).Port;
        AppLog.StartAnew();
        await BreakSourcesAsync(database, admin, port, cancellationToken);
        await BreakNamesAsync(database, simulator, cancellationToken);
        await BreakCertificatesAsync(database, admin, port, cancellationToken);
        return _cells;
    }

    private async Task BreakSourcesAsync(Database database, HttpClient admin, int simulator, CancellationToken cancellationToken)
    {
        await using var postgres = FaultProxy.Open(database.Port);
        await using var proxies = new ProviderProxies(_ => FaultProxy.Open(simulator));
        var throughProxy = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = postgres.Port }.ConnectionString;
        await using var app = await AppProcess.StartAsync(
            throughProxy,
            provider => $"http://127.0.0.1:{proxies.Of[provider].Port}",
            NoSettings,
            AppLog.Path,
            cancellationToken
        );
        using var client = new QuoteClient(app.Address);
        await client.AskAsync(WarmUp, cancellationToken); // compiled, connected
        var before = Memory(app);
        var bed = new TestBed(client, admin, proxies.Of, postgres, database);
        IReadOnlyList<ProviderFault> second =
        [
            ProviderFault.Named("503"),
            .. arguments.Quick ? (ProviderFault[])[] : [ProviderFault.Named("slow headers")],
        ];
        _cells.AddRange(await new ProviderCells(bed, arguments, report).BreakEachAsync(ProviderFault.All, cancellationToken));
        _cells.AddRange(await new ProviderCells(bed, arguments, report).BreakUntilOpenAsync(ProviderFault.Named("503"), cancellationToken));
        _cells.AddRange(await new ProviderCells(bed, arguments, report).BreakPairsAsync(second, cancellationToken));
        _cells.AddRange(await new ProviderCells(bed, arguments, report).BreakBesideAWrongPriceAsync(cancellationToken));
        _cells.AddRange(await new PostgresCells(bed, arguments, report).BreakPairsAsync(second, cancellationToken));
        _cells.AddRange(await new PostgresCells(bed, arguments, report).BreakEachAsync(cancellationToken));
        var grown = Memory(app) - before;
        _cells.Add(new Cell("memory", "after all", 0, TimeSpan.Zero, $"{grown >> 20:+0;-0} MiB", grown > MemoryAllowance ? ["grows"] : []));
    }

    private static long Memory(AppProcess app)
    {
        using var process = Process.GetProcessById(app.ProcessId);
        return process.WorkingSet64;
    }

    /// <summary>Starts the app once per provider with a host name that does not exist; there is no recovery.</summary>
    private async Task BreakNamesAsync(Database database, Simulator simulator, CancellationToken cancellationToken)
    {
        var fault = new ProviderFault(ProviderFault.Dns, null, "unreachable", "timed-out");
        foreach (var failing in ProviderId.All.Where(provider => arguments.Wants($"{provider} {fault.Name}")))
        {
            report($"{failing}: {fault.Name}");
            await using var app = await AppProcess.StartAsync(
                database.ConnectionString,
                provider => provider == failing ? "http://provider.invalid" : simulator.Address,
                NoSettings,
                AppLog.Path,
                cancellationToken
            );
            using var client = new QuoteClient(app.Address);
            var first = await client.AskAsync(20, cancellationToken); // compiled, connected
            var answers = await client.AskAsync(arguments.Requests, cancellationToken);
            _cells.Add(
                Cell.Judge(
                    failing.ToString(),
                    fault.Name,
                    answers,
                    new Dictionary<string, ProviderFault> { [failing.ToString()] = fault },
                    before: first
                )
            );
        }
    }

    /// <summary>Lets the providers use TLS, and then present an untrusted certificate.</summary>
    private async Task BreakCertificatesAsync(Database database, HttpClient admin, int simulator, CancellationToken cancellationToken)
    {
        var fault = new ProviderFault(ProviderFault.Tls, null, "unreachable");
        if (!ProviderId.All.Any(provider => arguments.Wants($"{provider} {fault.Name}")))
        {
            return;
        }

        using var certificates = Certificates.Issue();
        await using var postgres = FaultProxy.Open(database.Port);
        await using var proxies = new ProviderProxies(_ => FaultProxy.OpenTls(simulator, certificates));
        await using var app = await AppProcess.StartAsync(
            database.ConnectionString,
            provider => $"https://127.0.0.1:{proxies.Of[provider].Port}",
            new Dictionary<string, string?> { ["SSL_CERT_FILE"] = certificates.AuthorityFile },
            AppLog.Path,
            cancellationToken
        );
        using var client = new QuoteClient(app.Address);
        await client.AskAsync(WarmUp, cancellationToken);
        var bed = new TestBed(client, admin, proxies.Of, postgres, database);
        _cells.AddRange(await new ProviderCells(bed, arguments, report).BreakEachAsync([fault], cancellationToken));
    }
}
