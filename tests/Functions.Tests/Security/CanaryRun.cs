using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Npgsql;
using Quorum.Functions.Prefetch;
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
/// fails that can: providers in every way, PostgreSQL, the storage account, callers and senders of messages. What it leaves anywhere is
/// kept, and can be searched.
/// </summary>
public sealed class CanaryRun : IAsyncLifetime
{
    /// <summary>Stands in every key but the storage account's, which has a form of its own.</summary>
    internal const string Canary = "canary7f3c";

    /// <summary>A key of ours that a sender of messages has put into one, so that it stands in the poison queue by no fault of
    /// ours.</summary>
    internal const string Borrowed = "borrowed5d1e-function-key-0123456789";

    private const string FunctionKey = Canary + "-function-key-0123456789",
        MasterKey = Canary + "-master-key-0123456789",
        Password = Canary + "-postgres";

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private static readonly object[] Faults =
    [
        new { kind = "refused" },
        new { kind = "slow-headers", ms = 1000 },
        new
        {
            kind = "dripped-body",
            bytes = 8,
            ms = 100,
        },
        new { kind = "reset" },
        new
        {
            kind = "status",
            status = 429,
            retryAfter = "1",
        },
        new { kind = "status", status = 429 },
        new { kind = "status", status = 401 },
        new { kind = "status", status = 403 },
        new { kind = "status", status = 500 },
        new { kind = "status", status = 503 },
        new { kind = "html" },
        new { kind = "truncated" },
        new { kind = "empty" },
        new { kind = "drift", drift = "retyped" },
        new { kind = "oversized", bytes = 2_000_000 },
        new { kind = "stale", seconds = 500_000 },
        new { kind = "bad-numbers", text = "NaN" },
        // Providers that repeat the key in their answer.
        new
        {
            kind = "status",
            status = 401,
            body = "{\"error\":\"the key " + Canary + "-finnhub is not valid\"}",
        },
        new
        {
            kind = "status",
            status = 200,
            body = "{\"Information\":\"We have detected your API key as " + Canary + "-alpha-vantage\"}",
        },
        new
        {
            kind = "status",
            status = 200,
            body = "{\"c\":\""
                + Canary
                + "-echo\",\"code\":\""
                + Canary
                + "-echo\",\"status\":\"error\",\"message\":\""
                + Canary
                + "-echo\"}",
        },
        new
        {
            kind = "status",
            status = 500,
            body = Canary + "-echo",
            contentType = "text/plain",
            headers = new Dictionary<string, string> { ["X-Echo"] = Canary + "-echo" },
        },
    ];

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
            await LiveAsync();
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

    private async Task LiveAsync()
    {
        await AskAsync("GET", "/api/quotes/T0197?budget=10000&maxAge=0");
        await AskAsync("PUT", "/api/watchlist/T0196", """{"maxAge":5}""");
        await AskAsync("POST", "/api/batches", $$"""{"batchId":"well","symbols":[{{Tickers(600, 30)}}]}""");
        await _queues.SendRawAsync(
            new PrefetchMessage(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMinutes(5), [Symbol.Parse("T0195")]).Write(),
            PrefetchMessage.Queue
        );
        await _database.WaitUntilAsync("select exists (select from quorum.batches where id = 'well' and state = 'completed')");

        var ticker = 200;
        foreach (var fault in Faults)
        {
            await _simulator.FailAsync(fault);
            await AskAsync("GET", $"/api/quotes/T0{ticker++}?budget=400&maxAge=0");
            await AskAsync(
                "POST",
                "/api/batches",
                $$"""{"batchId":"ill-{{ticker}}","symbols":[{{Tickers(700 + (ticker % 100 * 3), 3)}},"no symbol"]}"""
            );
            await _simulator.MendAsync();
        }

        await SendBadMessagesAsync();
        await CallBadlyAsync();
        await _database.WaitUntilAsync("select count(*) = 8 and min(deliveries) = 2 from quorum.dead_letters");
        await LosePostgresAsync();
        await LoseStorageAsync();

        await _database.WaitUntilAsync("select not exists (select from quorum.batches where state in ('accepted', 'running'))");
        await ReadEverythingAsync();
    }

    private async Task SendBadMessagesAsync()
    {
        foreach (var queue in (string[])["quote-batches", "quote-prefetch"])
        {
            await _queues.SendRawAsync("no Base64, from stranger8a2d", queue);
            await _queues.SendRawAsync(Convert.ToBase64String("""{"version": 9, "note": "from stranger8a2d"}"""u8), queue);
            await _queues.SendRawAsync(
                Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"version": 1, "note": "{{Borrowed}}"}""")),
                queue
            );
            await _queues.SendRawAsync(
                Convert.ToBase64String(
                    Encoding.UTF8.GetBytes(
                        $$"""
                        {"version": 1, "note": "{{Secret.InBase64Twice(Borrowed)}}", "also": "{{Secret.InBase64OfUtf16(Borrowed)}}",
                         "at": "https://example.com/{{Secret.UrlEncodedTwice(Borrowed)}}"}
                        """
                    )
                ),
                queue
            );
        }
    }

    private async Task CallBadlyAsync()
    {
        foreach (
            var path in (string[])
                [
                    "/api/quotes/T0198?budget=2000",
                    "/api/quotes/T0198?budget=nonsense",
                    "/api/nowhere?x=1",
                    "/api/batches/well?x=1",
                    "/api/quotes/T0198?maxAge=0&budget=50",
                ]
        )
        {
            await AskAsync("GET", $"{path}&code={FunctionKey}", key: null);
            await AskAsync("GET", $"{path}&code={FunctionKey}x", key: null);
            await AskAsync("GET", path, key: FunctionKey + "x");
            await AskAsync("GET", path, key: MasterKey);
        }

        await AskAsync("POST", $"/api/batches?code={FunctionKey}", "[", key: null);
        foreach (
            var request in (string[])
                [
                    $"GET /api/quotes/T0199?code={FunctionKey} HTTP/9.9\r\nHost: x\r\n\r\n",
                    $"GET /api/quotes/T0199?code={FunctionKey} with spaces HTTP/1.1\r\nHost: x\r\n\r\n",
                    $"NONSENSE {FunctionKey}\r\n\r\n",
                    $"GET /api/quotes/T0199?code={FunctionKey}\u0001 HTTP/1.1\r\nHost: x\r\n\r\n",
                    $"GET /api/quotes/T0199 HTTP/1.1\r\nHost: x\r\nx-functions-key: {FunctionKey}\r\nContent-Length: -5\r\n\r\n",
                    $"GET /api/quotes/T0199 HTTP/1.1\r\nHost: x\r\nx-functions-key {FunctionKey}\r\n\r\n",
                    $"GET /api/quotes/T0199?code={FunctionKey}{new string('x', 20_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
                    $"POST /api/batches?code={FunctionKey} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
                ]
        )
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _http.BaseAddress!.Port); // It has one.
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
            client.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream);
            Responses.Enqueue(await reader.ReadToEndAsync());
        }
    }

    private async Task LosePostgresAsync()
    {
        await _database.ExecuteAsync(
            $"alter role {_role} nologin; select pg_terminate_backend(pid) from pg_stat_activity where usename = '{_role}'"
        );
        foreach (
            var path in (string[])
                [
                    "quotes/T0190?maxAge=0&budget=1000",
                    "quotes/T0191?maxAge=0",
                    "quotes/T0190/history",
                    "batches/well",
                    "watchlist",
                    "providers",
                    "health/ready",
                ]
        )
        {
            await AskAsync("GET", "/api/" + path);
        }

        await AskAsync("POST", "/api/batches", """{"symbols":["T0192"]}""");
        await _database.ExecuteAsync($"alter role {_role} login password '{Canary}-of-another'; alter role {_role} password '{Password}'");
        await UntilAsync("/api/health/ready");
    }

    private async Task LoseStorageAsync()
    {
        _wire.IsCut = true;
        await AskAsync("POST", "/api/batches", """{"batchId":"unsent","symbols":["T0193"]}""");
        _wire.IsCut = false;
        await AskAsync("POST", "/api/batches", """{"batchId":"unsent","symbols":["T0193"]}""");
    }

    /// <summary>All that can be read over HTTP, history of orchestrations included.</summary>
    private async Task ReadEverythingAsync()
    {
        const string Management = "/runtime/webhooks/durabletask/instances";
        await AskAsync("GET", $"{Management}?showInput=true&top=1000", key: MasterKey);
        // There are some.
        foreach (var id in (await _database.QueryAsync<string[]>("select array_agg(instance_id) from taskhub.instances"))!)
        {
            await AskAsync("GET", $"{Management}/{id}?showHistory=true&showHistoryOutput=true&showInput=true", key: MasterKey);
        }

        foreach (
            var path in (string[])
                [
                    "quotes/T0197/history",
                    "batches/well",
                    "batches/well/items",
                    "watchlist",
                    "providers",
                    "instruments",
                    "openapi.json",
                    "health/live",
                ]
        )
        {
            await AskAsync("GET", "/api/" + path);
        }

        foreach (var id in (await _database.QueryAsync<string[]>("select array_agg(id) from quorum.batches"))!) // As above.
        {
            await AskAsync("GET", $"/api/batches/{id}/items?limit=500");
        }
    }

    private async Task UntilAsync(string path)
    {
        using var expired = new CancellationTokenSource(SignalTasks.Deadline);
        while (await AskAsync("GET", path) != HttpStatusCode.OK)
        {
            await _database.ExecuteAsync("select pg_sleep(0.05)", expired.Token);
        }
    }

    private async Task<HttpStatusCode> AskAsync(string method, string path, string? body = null, string? key = FunctionKey)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("x-functions-key", key);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await _http.SendAsync(request);
        Responses.Enqueue($"{response} {await response.Content.ReadAsStringAsync()}");
        return response.StatusCode;
    }

    private static string Tickers(int first, int count) =>
        string.Join(',', Enumerable.Range(first, count).Select(number => $"\"T{number:0000}\""));
}
