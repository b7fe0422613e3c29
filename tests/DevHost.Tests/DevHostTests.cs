using System.Net;
using System.Text.Json;
using Npgsql;
using Quorum.LocalServices;
using Quorum.LocalServices.Processes;
using Quorum.Testing;

namespace Quorum.DevHost.Tests;

/// <summary>The one command, as a process with all that it starts. They share one data folder, one after another.</summary>
public sealed class DevHostTests(TemporaryFolder folder) : IClassFixture<TemporaryFolder>
{
    private static readonly string[] Programs = ["Quorum.StandaloneApp.dll", "Quorum.ProviderSimulator.dll", "bin/postgres"];

    [LinuxFact]
    public async Task Quote_prints_the_answer_of_six_providers_and_ends()
    {
        await using var devHost = await RunningDevHost.StartAsync(folder.Path, "quote", "AAPL", "--json");

        var (code, output) = await devHost.EndAsync();

        Assert.Equal(0, code);
        using var quote = JsonDocument.Parse(output[output.IndexOf('{')..]);
        Assert.Equal("complete", quote.RootElement.GetProperty("completeness").GetString());
        Assert.Equal("US0378331005", quote.RootElement.GetProperty("isin").GetString());
        Assert.Equal(
            Enumerable.Repeat("ok", 6),
            quote.RootElement.GetProperty("providers").EnumerateArray().Select(p => p.GetProperty("outcome").GetString())
        );
    }

    [LinuxFact]
    public async Task Quote_prints_some_lines_for_a_person()
    {
        await using var devHost = await RunningDevHost.StartAsync(folder.Path, "quote", "VOD:XLON");

        var (code, output) = await devHost.EndAsync();

        Assert.Equal(0, code);
        Assert.Contains("VOD:XLON   Vodafone Group Plc   XLON", output, StringComparison.Ordinal);
        Assert.Contains("GBP", output, StringComparison.Ordinal);
        Assert.Contains("not-covered", output, StringComparison.Ordinal);
        Assert.DoesNotContain("{", output, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Postgres_that_does_not_answer_is_reported_at_once()
    {
        using var port = new ClosedPort();
        await using var devHost = await RunningDevHost.StartInAsync(
            folder.Path,
            new() { ["ConnectionStrings__Quorum"] = $"Host=127.0.0.1;Port={port.Number};Password=hidden-value" },
            "quote",
            "AAPL"
        );

        var (code, output) = await devHost.EndAsync();

        Assert.Equal(1, code);
        Assert.Contains("PostgreSQL does not answer", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-value", output, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Check_names_a_misspelled_setting_and_fails()
    {
        await using var devHost = await RunningDevHost.StartInAsync(
            folder.Path,
            new() { ["ConnectionStrings__Quorum"] = null, ["Providers__Finhub__ApiKey"] = "hidden-value" },
            "check"
        );

        var (code, output) = await devHost.EndAsync();

        Assert.Equal(3, code);
        Assert.Contains(
            "unknown setting Providers__Finhub__ApiKey (ignored). Did you mean Providers__Finnhub__ApiKey?",
            output,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("hidden-value", output, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Batch_writes_the_files_own_lines_beside_the_quotes()
    {
        var (file, results) = (Path.Combine(folder.Path, "positions.csv"), Path.Combine(folder.Path, "results.csv"));
        await File.WriteAllTextAsync(file, "Account,Symbol,Qty\nA1,AAPL,5\nA1,aapl,1\nA2,NOSUCHX,2\n");
        await using var devHost = await RunningDevHost.StartAsync(folder.Path, "batch", file, "--output", results);

        var (code, _) = await devHost.EndAsync();

        Assert.Equal(3, code);
        var lines = await File.ReadAllLinesAsync(results);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("A1,AAPL,5,AAPL,", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("A1,aapl,1,AAPL,", lines[2], StringComparison.Ordinal);
        Assert.EndsWith("failed,unknown-symbol", lines[3], StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Keys_are_created_listed_and_revoked_on_a_running_instance()
    {
        var port = FreePort.Find();
        await using var devHost = await ServeAsync(port);

        var created = await KeysAsync(port, "create", "risk-desk", "--per-minute", "60", "--providers", "finnhub,eodhd");
        var key = created.Split('\n').Single(line => line.StartsWith("qk_", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(port, "/api/usage", key)).Status);
        Assert.Contains("Callers without a key are still served", created, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(port, "/api/dead-letters")).Status);

        var listed = await KeysAsync(port, "list");
        Assert.Matches("risk-desk +- +60 +- +[^ ]+ +finnhub,eodhd", listed);
        Assert.DoesNotContain("qk_", listed, StringComparison.Ordinal);

        await KeysAsync(port, "revoke", "risk-desk");
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(port, "/api/usage", key)).Status);
        await KeysAsync(port, expectedCode: 1, "revoke", "risk-desk");
        Assert.Contains("There are no consumers", await KeysAsync(port, "list"), StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Quote_of_an_unknown_symbol_ends_with_a_clear_error()
    {
        await using var devHost = await RunningDevHost.StartAsync(folder.Path, "quote", "NOSUCH");

        var (code, output) = await devHost.EndAsync();

        Assert.Equal(1, code);
        Assert.Contains("unknown symbol", output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("NOSUCH", output, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Killed_app_is_started_again_and_a_request_to_stop_leaves_no_process()
    {
        var port = FreePort.Find();
        await using var devHost = await ServeAsync(port);
        var started = devHost.Descendants();

        devHost.Descendant(Programs[0]).Kill();
        await devHost.WaitForLineAsync("The app is back.");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(port, "/api/health/ready")).Status);

        started.AddRange(devHost.Descendants());
        devHost.Send(StopSignal.Terminate);
        var (code, _) = await devHost.EndAsync();
        Assert.Equal(0, code);
        await AllGoneAsync(started);
    }

    [LinuxFact]
    public async Task Killed_devhost_takes_all_with_it_and_the_next_finds_its_data()
    {
        var port = FreePort.Find();
        string instance;
        await using (var killed = await ServeAsync(port))
        {
            Assert.All(Programs, program => Assert.NotNull(killed.Descendant(program)));
            var (status, quote) = await GetAsync(port, "/api/quotes/MSFT?budget=5000");
            Assert.Equal(HttpStatusCode.OK, status);
            instance = JsonDocument.Parse(quote).RootElement.GetProperty("instanceId").GetString()!; // every quote names one

            var started = killed.Descendants();
            killed.Send(StopSignal.Kill);
            await AllGoneAsync(started);
        }

        await using var next = await ServeAsync(port);
        Assert.Contains("Completed", await WhenEndedAsync(port, instance), StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Only_the_app_gets_the_secrets_of_the_environment_and_its_database_role_cannot_read_them()
    {
        const string Secret = "secret-of-the-environment";
        var port = FreePort.Find();
        await using var devHost = await RunningDevHost.StartInAsync(
            folder.Path,
            new() { ["ConnectionStrings__Quorum"] = null, ["SOME_VENDORS_KEY"] = Secret },
            "--port",
            $"{port}"
        );
        await devHost.WaitForLineAsync("Quorum serves at");

        var app = devHost.Descendant(Programs[0]).Id;
        var others = devHost.Descendants().Where(process => process.Id != app).Select(process => EnvironmentOf(process.Id)).ToList();
        Assert.True(others.Count >= 3, "PostgreSQL, Azurite and the simulator must run.");
        Assert.All(others, environment => Assert.DoesNotContain(Secret, environment, StringComparison.Ordinal));
        Assert.Contains(Secret, EnvironmentOf(app), StringComparison.Ordinal);

        await using var database = NpgsqlDataSource.Create(SettingOf(app, "ConnectionStrings__Quorum"));
        await using var command = database.CreateCommand($"select pg_read_file('/proc/{app}/environ')");
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync());
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [LinuxFact]
    public async Task One_quote_has_been_answered_before_the_greeting()
    {
        await using var devHost = await ServeAsync(FreePort.Find());

        var requests = await File.ReadAllTextAsync(Path.Combine(folder.Path, "logs", "serve", "app.log"));

        Assert.Contains("GET /api/quotes/KO 200 ", requests, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Data_and_logs_are_closed_to_other_users()
    {
        await using var devHost = await ServeAsync(FreePort.Find());

        string[] folders = ["data", "data/postgres", "data/azurite", "logs/serve"];
        Assert.All(
            folders,
            name =>
                Assert.False(
                    new DirectoryInfo(Path.Combine(folder.Path, name)).UnixFileMode.HasFlag(UnixFileMode.OtherRead),
                    $"Other users can list {name}."
                )
        );
    }

    private static string EnvironmentOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ");
        }
        catch (IOException)
        {
            return ""; // one of PostgreSQL's workers has ended meanwhile
        }
    }

    private static string SettingOf(int process, string name) =>
        EnvironmentOf(process).Split('\0').Single(variable => variable.StartsWith(name + "=", StringComparison.Ordinal))[
            (name.Length + 1)..
        ];

    // The answer leaves before the orchestration's end is written: killed between the two, it is finished by the next process within one
    // lease.
    private static async Task<string> WhenEndedAsync(int port, string instance)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var (status, document) = await GetAsync(port, $"/runtime/webhooks/durabletask/instances/{instance}");
            if (status != HttpStatusCode.Accepted)
            {
                Assert.Equal(HttpStatusCode.OK, status);
                return document;
            }

            deadline.Token.ThrowIfCancellationRequested();
        }
    }

    [LinuxFact]
    public async Task Second_devhost_on_the_same_data_fails_with_the_reason()
    {
        await using var first = await ServeAsync(FreePort.Find());
        await using var second = await RunningDevHost.StartAsync(folder.Path, "--port", $"{FreePort.Find()}");

        var (code, output) = await second.EndAsync();

        Assert.Equal(1, code);
        Assert.Contains("Another DevHost", output, StringComparison.Ordinal);
    }

    private async Task<RunningDevHost> ServeAsync(int port)
    {
        var devHost = await RunningDevHost.StartAsync(folder.Path, "--port", $"{port}");
        await devHost.WaitForLineAsync("Quorum serves at");
        return devHost;
    }

    private Task<string> KeysAsync(int port, params string[] arguments) => KeysAsync(port, expectedCode: 0, arguments);

    private async Task<string> KeysAsync(int port, int expectedCode, params string[] arguments)
    {
        await using var keys = await RunningDevHost.StartAsync(folder.Path, ["keys", .. arguments, "--server", $"http://127.0.0.1:{port}"]);
        var (code, output) = await keys.EndAsync();
        Assert.Equal(expectedCode, code);
        return output;
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(int port, string path, string? consumerKey = null)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler);
        if (consumerKey is not null)
        {
            client.DefaultRequestHeaders.Add("x-quorum-key", consumerKey);
        }

        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{port}{path}"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task AllGoneAsync(List<System.Diagnostics.Process> processes)
    {
        foreach (var process in processes)
        {
            await process.WaitForExitAsync().WithinAsync();
            process.Dispose();
        }
    }
}
