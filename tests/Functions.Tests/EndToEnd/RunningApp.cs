using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quorum.MarketData;
using Quorum.Storage;
using Quorum.Testing.Azurite;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>The whole app on the standalone host, on a free port, with a database and whatever answers as the six providers.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly HttpClient _http;

    private RunningApp(IHost host)
    {
        _host = host;
        // Kestrel has it once started.
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _http = new HttpClient { BaseAddress = new Uri(address) };
    }

    public IServiceProvider Services => _host.Services;

    public Uri Address => _http.BaseAddress!; // Set in the constructor.

    /// <param name="providers">The address below which each provider has its place, as in the simulator.</param>
    /// <param name="settings">Others, as <c>Quorum:Quotes:FanInReserveMs=30</c>; they win.</param>
    public static Task<RunningApp> StartAsync(TestDatabase database, Uri providers, params string[] settings) =>
        StartAsync(database, providers, _ => { }, settings);

    /// <param name="machine">The machine's clock, from which the app takes its time until it has asked PostgreSQL.</param>
    public static Task<RunningApp> StartOnMachineAsync(
        TestDatabase database,
        Uri providers,
        TimeProvider machine,
        params string[] settings
    ) => StartAsync(database, providers, services => services.AddSingleton(new DatabaseClock(machine)), settings);

    /// <param name="time">The app's clock.</param>
    public static Task<RunningApp> StartAsync(TestDatabase database, Uri providers, TimeProvider time, params string[] settings) =>
        StartAsync(database, providers, services => services.AddSingleton(time), settings);

    private static async Task<RunningApp> StartAsync(
        TestDatabase database,
        Uri providers,
        Action<IServiceCollection> configure,
        string[] settings
    )
    {
        var builder = StandaloneQuorum.CreateBuilder([
            .. await ArgumentsAsync(database, providers),
            .. settings.Select(setting => "--" + setting),
        ]);
        configure(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new RunningApp(host);
    }

    /// <summary>The command line of an app on a free port.</summary>
    public static async Task<IReadOnlyList<string>> ArgumentsAsync(TestDatabase database, Uri providers) =>
        [.. Arguments(database, providers, await AzuriteServer.GetConnectionStringAsync(owner: database.Name))];

    private static IEnumerable<string> Arguments(TestDatabase database, Uri providers, string storage)
    {
        yield return "--port=0";
        yield return $"--AzureWebJobsStorage={storage}";
        yield return $"--ConnectionStrings:Quorum={database.ConnectionString}";
        yield return "--Functions:Authorization:Enabled=false";
        yield return "--Quorum:Overload:TargetDelayMs=1000"; // a busy test machine is no overload
        yield return "--Quorum:Overload:StarvationMs=30000";
        // Whether a test's calls to providers are its own must not depend on the venues' hours.
        yield return "--Quorum:Prefetch:Enabled=false";
        yield return "--Logging:LogLevel:Default=Warning";
        yield return "--Quorum:Consumers:UnknownSymbolCalls=1000000"; // tests share a process, and so its limit
        foreach (var provider in ProviderId.All)
        {
            var below =
                provider == ProviderId.Finnhub ? "/api/v1/"
                : provider == ProviderId.Eodhd ? "/api/"
                : "/";
            yield return $"--Providers:{provider.SettingsName}:BaseAddress={new Uri(providers, provider + below)}";
            yield return $"--Providers:{provider.SettingsName}:ApiKey=sim-key";
            yield return $"--Providers:{provider.SettingsName}:ApiSecret=sim-secret";
            // One test's faults must not be felt by the next.
            yield return $"--Providers:{provider.SettingsName}:CircuitBreaker:Enabled=false";
        }
    }

    /// <param name="path">From the root when it begins with a slash, else below <c>/api/</c>.</param>
    public async Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path.StartsWith('/') ? path : "/api/" + path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(request, CancellationToken.None);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await _http.SendAsync(request, cancellationToken);
        return await Answer.ReadAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.StopAsync();
        _host.Dispose();
    }
}

/// <summary>A response, read whole.</summary>
internal sealed record Answer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new JsonException("The body is null.");

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>A text, number or flag inside the body as text: <c>Value("quality", "confidence")</c>.</summary>
    public string? Value(params string[] path) => path.Aggregate((JsonNode?)Json, (node, name) => node?[name])?.ToString();

    /// <summary>Returns one provider's part of the body.</summary>
    // A body without it is a failed test.
    public JsonNode Provider(string id) => Json["providers"]!.AsArray().Single(provider => provider!["id"]!.ToString() == id)!;

    /// <summary>Each provider's outcome, in the order of the body.</summary>
    // As above.
    public string[] Outcomes() => [.. Json["providers"]!.AsArray().Select(provider => $"{provider!["id"]}: {provider["outcome"]}")];

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) =>
        new(
            response.StatusCode,
            response
                .Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
            await response.Content.ReadAsStringAsync()
        );
}
