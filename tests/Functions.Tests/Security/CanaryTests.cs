using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.Functions.Tests.Telemetry;
using Quorum.MarketData;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.Security;

/// <summary>Recognizable keys are planted, everything is made to fail at the most talkative log level, and then they are looked for wherever the app
/// leaves something: responses, logs, traces and metrics (as they leave the process), and every row of every table.</summary>
public sealed class CanaryTests
{
    private const string Canary = "canary7f3c", FunctionKey = Canary + "-function-key-0123456789";

    private static readonly object[] Faults =
    [
        new { kind = "refused" }, new { kind = "slow-headers", ms = 1000 }, new { kind = "dripped-body", bytes = 8, ms = 100 }, new { kind = "reset" },
        new { kind = "status", status = 429, retryAfter = "1" }, new { kind = "status", status = 429 }, new { kind = "status", status = 401 },
        new { kind = "status", status = 403 }, new { kind = "status", status = 500 }, new { kind = "status", status = 503 }, new { kind = "html" },
        new { kind = "truncated" }, new { kind = "empty" }, new { kind = "drift", drift = "retyped" }, new { kind = "oversized", bytes = 2_000_000 },
        new { kind = "stale", seconds = 500_000 }, new { kind = "bad-numbers", text = "NaN" },

        // Providers that repeat the key to whoever sent it.
        new { kind = "status", status = 401, body = "{\"error\":\"the key " + Canary + "-finnhub is not valid\"}" },
        new { kind = "status", status = 200, body = "{\"Information\":\"We have detected your API key as " + Canary + "-alpha-vantage\"}" },
        new { kind = "status", status = 200, body = "{\"c\":\"" + Canary + "-echo\",\"code\":\"" + Canary + "-echo\",\"status\":\"error\",\"message\":\"" + Canary + "-echo\"}" },
        new { kind = "status", status = 500, body = Canary + "-echo", contentType = "text/plain", headers = new Dictionary<string, string> { ["X-Echo"] = Canary + "-echo" } },
    ];

    [Fact]
    public async Task No_key_leaves_the_app_whatever_fails_and_however_much_it_logs()
    {
        await using var place = await Place.StartAsync();
        var i = 200;
        foreach (var fault in Faults)
        {
            await place.Simulator.FailAsync(fault);
            await place.AskAsync($"quotes/T0{i++}?budget=400&maxAge=0");
            await place.Simulator.MendAsync();
        }

        await place.AskAsync($"quotes/T0198?budget=2000&code={FunctionKey}");
        await place.AskAsync($"quotes/T0198?budget=nonsense&code={FunctionKey}");
        await place.AskAsync($"nowhere?code={FunctionKey}");
        await place.AskAsync("providers");
        await place.AskRawAsync($"GET /api/quotes/T0199?code={FunctionKey} HTTP/9.9\r\nHost: x\r\n\r\n");
        await place.AskRawAsync($"NONSENSE {FunctionKey}\r\n\r\n");
        await place.AskRawAsync($"GET /api/quotes/T0199 HTTP/1.1\r\nHost: x\r\nx-functions-key: {FunctionKey}\r\nContent-Length: -5\r\n\r\n");
        await place.StopAsync();

        var found = await place.FindAsync(Canary);
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task The_search_finds_a_word_that_is_no_secret_in_every_place()
    {
        await using var place = await Place.StartAsync();
        await place.AskAsync("quotes/T0197?budget=10000&maxAge=0");
        await place.Database.WaitUntilAsync("select exists (select from quorum.quotes where symbol = 'T0197')");
        await place.StopAsync();

        var found = await place.FindAsync("T0197");
        string[] places = ["responses", "telemetry", "rows of quorum.provider_quotes", "rows of quorum.quotes", "rows of taskhub.instances"];
        Assert.All(places, one => Assert.Contains(one, found));
    }

    /// <summary>An app whose keys are canaries, at the level Trace, with everything that leaves it kept.</summary>
    private sealed class Place : IAsyncDisposable
    {
        private readonly StringBuilder _responses = new();
        private readonly RunningApp _app;
        private readonly OtlpReceiver _receiver;
        private bool _stopped;

        private Place(TestDatabase database, RunningSimulator simulator, OtlpReceiver receiver, RunningApp app) =>
            (Database, Simulator, _receiver, _app) = (database, simulator, receiver, app);

        public TestDatabase Database { get; }

        public RunningSimulator Simulator { get; }

        public static async Task<Place> StartAsync()
        {
            var database = await TestDatabase.CreateAsync();
            var simulator = await RunningSimulator.StartAsync();
            var receiver = await OtlpReceiver.StartAsync();
            List<string> settings =
            [
                .. receiver.Settings, "Functions:Authorization:Enabled=true", $"Functions:Keys:Function:test={FunctionKey}", $"Functions:Keys:Master={Canary}-master-key-0123456789",
                "Logging:LogLevel:Default=Trace", "Logging:LogLevel:Microsoft=Trace", "Logging:LogLevel:Microsoft.AspNetCore=Trace", "Logging:LogLevel:Npgsql=Trace",
                "Logging:LogLevel:System=Trace", "Logging:Console:LogLevel:Default=None", "Logging:Console:LogLevel:Microsoft=None",
            ];
            using var admin = new HttpClient { BaseAddress = new Uri(simulator.Address, "/admin/") };
            foreach (var provider in ProviderId.All)
            {
                settings.Add($"Providers:{provider.SettingsName}:ApiKey={Canary}-{provider}");
                settings.Add($"Providers:{provider.SettingsName}:ApiSecret={Canary}-secret-{provider}");
                using var taken = await admin.PostAsJsonAsync(
                    "keys", new { provider = provider.ToString(), key = $"{Canary}-{provider}", secret = $"{Canary}-secret-{provider}", standing = "good" });
                Assert.True(taken.IsSuccessStatusCode);
            }

            return new Place(database, simulator, receiver, await RunningApp.StartAsync(database, simulator.Address, [.. settings]));
        }

        public async Task AskAsync(string path)
        {
            var answer = await _app.GetAsync(path, ("x-functions-key", FunctionKey));
            _responses.Append(answer.Text).AppendJoin('\n', answer.Headers);
        }

        public async Task AskRawAsync(string request)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _app.Address.Port);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
            client.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream);
            _responses.Append(await reader.ReadToEndAsync());
        }

        /// <summary>What is still to be exported leaves with the app's end.</summary>
        public async Task StopAsync()
        {
            _stopped = true;
            await _app.DisposeAsync();
        }

        public async Task<List<string>> FindAsync(string text)
        {
            var found = new List<string>();
            if (_responses.ToString().Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                found.Add("responses");
            }

            if (_receiver.Find(text) is { } place)
            {
                found.Add("telemetry");
                found.Add("telemetry: " + place);
            }

            foreach (var table in (await Database.QueryAsync<string[]>(
                "select array_agg(schemaname || '.' || tablename order by 1) from pg_tables where schemaname in ('quorum', 'taskhub')"))!)
            {
                // As text, and history as the view shows it: what is stored in bytes is text there.
                if (await Database.QueryAsync<bool>($"select exists (select from {table} as t where t::text ilike '%{text}%' or t::text ilike '%{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text))}%')"))
                {
                    found.Add("rows of " + table);
                }
            }

            return found;
        }

        public async ValueTask DisposeAsync()
        {
            if (!_stopped)
            {
                await _app.DisposeAsync();
            }

            await _receiver.DisposeAsync();
            await Simulator.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
