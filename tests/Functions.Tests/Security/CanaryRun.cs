using System.Collections.Concurrent;
using System.Net.Http.Json;
using Npgsql;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.Functions.Tests.Telemetry;
using Quorum.LocalServices;
using Quorum.LocalServices.Processes;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Azurite;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.Security;

/// <summary>
/// One life of the app as a process of its own, with keys that can be recognized, at the most talkative log level, in which everything
/// fails that can (<see cref="CanaryScenario"/>). What it leaves anywhere is kept, and can be searched.
/// </summary>
public sealed class CanaryRun : IAsyncLifetime
{
    /// <summary>Stands in every key but the storage account's, which has a form of its own.</summary>
    internal const string Canary = "canary7f3c";

    /// <summary>A key of ours that a sender of messages has put into one, so that it stands in the poison queue by no fault of
    /// ours.</summary>
    internal const string Borrowed = "borrowed5d1e-function-key-0123456789";

    internal const string FunctionKey = Canary + "-function-key-0123456789",
        MasterKey = Canary + "-master-key-0123456789",
        Password = Canary + "-postgres";

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly DateTime _began = DateTime.UtcNow;
    private readonly Dictionary<string, string?> _environment = [];
    private TestDatabase _database = null!; // All of them are set before the first test.
    private RunningSimulator _simulator = null!;
    private OtlpReceiver _receiver = null!;
    private RecordedWire _wire = null!;
    private QueueOfBatches _queues = null!;
    private string _role = "",
        _storage = "";
    private HttpClient _http = null!;

    internal TestDatabase Database => _database;

    internal OtlpReceiver Receiver => _receiver;

    internal RecordedWire Wire => _wire;

    internal QueueOfBatches Queues => _queues;

    /// <summary>Working folder, temporary folder and home of the app, with what it wrote to the console.</summary>
    internal TemporaryFolder Folder => _folder;

    internal ConcurrentQueue<string> Responses { get; } = new();

    /// <summary>A piece of the storage account's key without characters that some encodings would change.</summary>
    internal string StorageKeyPiece => Piece(PartOf(_storage, "AccountKey"));

    /// <summary>The settings of the app, as it got them.</summary>
    internal IReadOnlyDictionary<string, string?> Environment => _environment;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _simulator = await RunningSimulator.StartAsync();
        _receiver = await OtlpReceiver.StartAsync();
        _queues = await QueueOfBatches.OfAsync(_database);
        _storage = await AzuriteServer.GetConnectionStringAsync(owner: _database.Name);
        var storagePort = new Uri(PartOf(_storage, "QueueEndpoint")).Port;
        _wire = new RecordedWire(storagePort);
        _storage = _storage.Replace($":{storagePort}/", $":{_wire.Port}/", StringComparison.Ordinal);
        _role = $"canary_{_database.Name}";
        await _database.ExecuteAsync(
            $"create role {_role} login password '{Password}'; grant create, connect, temporary on database {_database.Name} to {_role}"
        );
        await SetUpAsync();

        await using (var app = await StartAsync())
        {
            try
            {
                await new CanaryScenario(_http, _database, _simulator, _queues, _wire, _role, Responses).RunAsync();
            }
            catch (Exception e)
            {
                await app.StopAsync(StopSignal.Terminate, StopTimeout);
                throw new InvalidOperationException(
                    $"After {Responses.Count} responses: {e.Message} The app ended with exit code {await app.Exited}. Its errors:\n{Errors()}",
                    e
                );
            }

            await app.StopAsync(StopSignal.Terminate, StopTimeout); // what is still to be exported leaves with the app's end
            Assert.Equal(0, await app.Exited);
        }
    }

    public async Task DisposeAsync()
    {
        _http?.Dispose();
        _queues?.Dispose();
        await (_wire?.DisposeAsync() ?? default);
        await (_receiver?.DisposeAsync() ?? default);
        await (_simulator?.DisposeAsync() ?? default);
        if (_database is not null)
        {
            await _database.ExecuteAsync($"drop owned by {_role} cascade; drop role {_role}");
            await _database.DisposeAsync();
        }

        _folder.Dispose();
    }

    /// <summary>Every place that holds the text, by the place's name, with what stands around it.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> FindAsync(string text)
    {
        var secret = new Secret(text);
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var response in Responses)
        {
            Note("responses", secret.FindIn(response));
        }

        foreach (var signal in (string[])["traces", "metrics", "logs"])
        {
            foreach (var payload in _receiver.Payloads(signal))
            {
                Note(signal, secret.FindIn(payload));
            }
        }

        foreach (var sent in _wire.Sent)
        {
            Note("messages sent", secret.FindIn(sent));
        }

        foreach (var queue in (string[])["quote-batches", "quote-batches-poison", "quote-prefetch", "quote-prefetch-poison"])
        {
            foreach (var message in await _queues.PeekAsync(queue))
            {
                Note("queue " + queue, secret.FindIn(message));
            }
        }

        foreach (
            var table in (
                await _database.QueryAsync<string[]>(
                    "select array_agg(format('%I.%I', schemaname, tablename) order by 1) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
                )
            )!
        )
        {
            await using var rows = _database.DataSource.CreateCommand(
                $"select t::text from {table} as t where t::text ilike any ($1) limit 1"
            );
            rows.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = secret.Patterns });
            Note("rows of " + table, (await rows.ExecuteScalarAsync()) as string);
        }

        // Everything below the app's own folders, and what is new beside its assemblies.
        var files = Directory
            .EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Concat(
                new DirectoryInfo(AppContext.BaseDirectory)
                    .EnumerateFiles("*", SearchOption.AllDirectories)
                    .Where(file => file.LastWriteTimeUtc > _began)
                    .Select(file => file.FullName)
            );
        foreach (var file in files)
        {
            Note(
                Path.GetDirectoryName(file) == _folder["console"] ? "console" : "file " + Path.GetFileName(file),
                secret.FindIn(await File.ReadAllBytesAsync(file))
            );
        }

        return found;

        void Note(string place, string? around)
        {
            if (around is not null)
            {
                found.TryAdd(place, around);
            }
        }
    }

    /// <summary>Starts the app with other settings, waits for its end, and gives back what it wrote.</summary>
    internal async Task<string> FailToStartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var log = _folder[$"failed-{Guid.NewGuid():N}.log"];
        await using (var app = await ChildProcess.StartAsync(Command(settings, log)))
        {
            Assert.NotEqual(0, await app.Exited.WithinAsync(what: "the end of a start that must fail"));
        }

        var written = await File.ReadAllTextAsync(log);
        File.Delete(log);
        return written;
    }

    /// <summary>The first errors that the app wrote: its output ends with other things.</summary>
    private string Errors()
    {
        string[] signs = [" fail: ", " crit: ", "Unhandled exception", "Process terminated", "Stack overflow", "sending RST"];
        string[] lines = [.. File.ReadLines(Path.Combine(_folder["console"], "app.log"))];
        var errors = lines.Index().Where(line => signs.Any(line.Item.Contains));
        return string.Join('\n', errors.SelectMany(error => lines.Skip(error.Index).Take(4)).Take(40));
    }

    private static string PartOf(string connectionString, string name) =>
        connectionString.Split(';').Single(part => part.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    private static string Piece(string key) => key.Split('+', '/', '=').MaxBy(piece => piece.Length)!; // A split has pieces.

    private async Task SetUpAsync()
    {
        var connection = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = _role, Password = Password };
        List<string> settings =
        [
            .. _receiver.Settings,
            $"AzureWebJobsStorage={_storage}",
            $"ConnectionStrings:Quorum={connection.ConnectionString}",
            "Functions:Authorization:Enabled=true",
            $"Functions:Keys:Function:test={FunctionKey}",
            $"Functions:Keys:Function:borrowed={Borrowed}",
            $"Functions:Keys:Master={MasterKey}",
            $"Functions:Keys:System:durable={Canary}-system-key-0123456789",
            "Logging:LogLevel:Default=Trace",
            "Logging:LogLevel:Microsoft=Trace",
            "Logging:LogLevel:Microsoft.AspNetCore=Trace",
            "Logging:LogLevel:Npgsql=Trace",
            "Logging:LogLevel:System=Trace",
            "Logging:Console:LogLevel:Default=Trace",
            "Logging:OpenTelemetry:LogLevel:Default=Trace",
            "AzureFunctionsJobHost:extensions:queues:maxDequeueCount=2",
            "AzureFunctionsJobHost:extensions:queues:visibilityTimeout=00:00:01",
            "Quorum:Batches:PauseBetweenTries=00:00:00.1",
            "DOTNET_NOLOGO=1",
        ];
        using var admin = new HttpClient { BaseAddress = new Uri(_simulator.Address, "/admin/") };
        foreach (var provider in ProviderId.All)
        {
            var below =
                provider == ProviderId.Finnhub ? "/api/v1/"
                : provider == ProviderId.Eodhd ? "/api/"
                : "/";
            settings.Add($"Providers:{provider.SettingsName}:BaseAddress={new Uri(_simulator.Address, provider + below)}");
            settings.Add($"Providers:{provider.SettingsName}:ApiKey={Canary}-{provider}");
            settings.Add($"Providers:{provider.SettingsName}:ApiSecret={Canary}-secret-{provider}");
            settings.Add($"Providers:{provider.SettingsName}:CircuitBreaker:Enabled=false"); // each fault is to be met by a call
            using var taken = await admin.PostAsJsonAsync(
                "keys",
                new
                {
                    provider = provider.ToString(),
                    key = $"{Canary}-{provider}",
                    secret = $"{Canary}-secret-{provider}",
                    standing = "good",
                }
            );
            Assert.True(taken.IsSuccessStatusCode);
        }

        foreach (var setting in settings)
        {
            var pair = setting.Split('=', 2);
            _environment[pair[0].Replace(":", "__", StringComparison.Ordinal)] = pair[1];
        }

        foreach (var folder in (string[])["work", "temporary", "home", "console"])
        {
            Directory.CreateDirectory(_folder[folder]);
        }

        (_environment["TMPDIR"], _environment["HOME"]) = (_folder["temporary"], _folder["home"]);
    }

    private ChildCommand Command(IReadOnlyDictionary<string, string?> settings, string log, params string[] arguments) =>
        new()
        {
            Name = "app",
            Program = "dotnet",
            Arguments = [Path.Combine(AppContext.BaseDirectory, "Quorum.StandaloneApp.dll"), .. arguments],
            Environment = settings,
            WorkingDirectory = _folder["work"],
            LogFile = log,
        };

    private async Task<ChildProcess> StartAsync()
    {
        var port = FreePort.Find();
        var app = await ChildProcess.StartAsync(Command(_environment, Path.Combine(_folder["console"], "app.log"), $"--port={port}"));
        await app.WaitForLineAsync(AppProcess.HasEndedWarmUp, SignalTasks.Deadline, CancellationToken.None);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        return app;
    }
}
