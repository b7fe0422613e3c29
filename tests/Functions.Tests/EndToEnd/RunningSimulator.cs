using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Quorum.ProviderSimulator;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>The provider simulator on a free port, answering at once unless told otherwise, and without quotas.</summary>
internal sealed class RunningSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _admin;

    private RunningSimulator(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.Single());
        _admin = new HttpClient { BaseAddress = new Uri(Address, "/admin/") };
    }

    public Uri Address { get; }

    /// <param name="scale">Factor of the providers' latencies.</param>
    public static async Task<RunningSimulator> StartAsync(int scale = 0)
    {
        var app = SimulatorApp.Create("--port", "0", "--scale", $"{scale}", "--quotas", "off");
        await app.StartAsync();
        return new RunningSimulator(app);
    }

    /// <summary>Switches a fault on, as <c>POST /admin/faults</c> takes it.</summary>
    public async Task FailAsync(object fault)
    {
        using var response = await _admin.PostAsJsonAsync("faults", fault);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Switches all faults off.</summary>
    public async Task MendAsync()
    {
        using var response = await _admin.DeleteAsync("faults");
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Sets the providers' clock, which goes on from there.</summary>
    public async Task SetClockAsync(DateTimeOffset now)
    {
        using var response = await _admin.PostAsJsonAsync("clock", new { set = now.UtcDateTime });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Has a provider allow no more than this, as <c>POST /admin/quotas</c> takes a limit. Nothing limits the others
    /// still.</summary>
    public async Task LimitAsync(string provider, object limit)
    {
        foreach (var other in (string[])["finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca", "eodhd"])
        {
            var order = new
            {
                enforced = true,
                provider = other,
                limits = other == provider ? [limit] : Array.Empty<object>(),
            };
            using var response = await _admin.PostAsJsonAsync("quotas", order);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        }
    }

    /// <summary>Returns the number of calls that a provider refused for a limit.</summary>
    public async Task<int> RefusedAsync(string provider)
    {
        var outcomes = (await _admin.GetFromJsonAsync<JsonObject>(""))!["providers"]![provider]!["outcomes"]!; // The state always has them.
        return ((int?)outcomes["rate-limited"] ?? 0) + ((int?)outcomes["quota-exhausted"] ?? 0);
    }

    /// <summary>Returns the number of calls for the symbol, all six spellings of a US ticker together.</summary>
    public async Task<int> CountCallsAsync(string ticker) => await CountAsync(ticker) + await CountAsync(ticker + ".US");

    /// <summary>Returns the number of calls that a provider received.</summary>
    public async Task<int> AskedAsync(string provider) =>
        // The page always has them.
        (await _admin.GetFromJsonAsync<JsonObject>($"calls?limit=100000&provider={provider}"))!["calls"]!
            .AsArray()
            .Count;

    /// <summary>Returns the number of all calls.</summary>
    // The page always has it.
    public async Task<int> CountCallsAsync() => (int)(await _admin.GetFromJsonAsync<JsonObject>("calls"))!["total"]!;

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _app.DisposeAsync();
    }

    private async Task<int> CountAsync(string spelling)
    {
        var page = await _admin.GetFromJsonAsync<JsonObject>($"calls?symbol={Uri.EscapeDataString(spelling)}");
        return page!["calls"]!.AsArray().Count; // The page always has them.
    }
}
