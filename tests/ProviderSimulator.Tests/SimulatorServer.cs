using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Quorum.Testing.Time;

namespace Quorum.ProviderSimulator.Tests;

/// <summary>A simulator on a free port whose clock stands still until a test moves it, and that answers at once.</summary>
internal sealed class SimulatorServer : IAsyncDisposable
{
    /// <summary>A Wednesday, 13:32 in New York, 18:32 in London: open in the one, closed in the other.</summary>
    public static readonly DateTimeOffset Start = new(2026, 6, 17, 17, 32, 10, 482, TimeSpan.Zero);

    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private SimulatorServer(WebApplication app, ManualTimeProvider clock)
    {
        (_app, Clock) = (app, clock);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
        {
            BaseAddress = new Uri(app.Urls.First()),
        };
    }

    public ManualTimeProvider Clock { get; }

    public static async Task<SimulatorServer> StartAsync(params string[] args)
    {
        var clock = new ManualTimeProvider(Start);
        var app = SimulatorApp.Create(clock, ["--scale", "0", .. args]);
        await app.StartAsync();
        return new SimulatorServer(app, clock);
    }

    public Task<Answer> FinnhubAsync(string symbol, string? key = "sim-key") =>
        GetAsync($"/finnhub/api/v1/quote?symbol={symbol}", ("X-Finnhub-Token", key));

    public Task<Answer> AlphaVantageAsync(string symbol, string? key = "sim-key", string more = "") =>
        GetAsync($"/alpha-vantage/query?function=GLOBAL_QUOTE&symbol={symbol}{(key is null ? "" : $"&apikey={key}")}{more}");

    public Task<Answer> TwelveDataAsync(string symbols, string? key = "sim-key", string more = "") =>
        GetAsync($"/twelve-data/quote?symbol={symbols}{more}", ("Authorization", key is null ? null : $"apikey {key}"));

    public Task<Answer> MassiveAsync(string path, string? key = "sim-key") =>
        GetAsync($"/massive{path}", ("Authorization", key is null ? null : $"Bearer {key}"));

    public Task<Answer> MassiveSnapshotAsync(string ticker, string? key = "sim-key") =>
        MassiveAsync($"/v2/snapshot/locale/us/markets/stocks/tickers/{ticker}", key);

    public Task<Answer> AlpacaAsync(string path, string? key = "sim-key", string? secret = "sim-secret") =>
        GetAsync($"/alpaca/v2/stocks/{path}", ("APCA-API-KEY-ID", key), ("APCA-API-SECRET-KEY", secret));

    public Task<Answer> EodhdAsync(string symbol, string? key = "sim-key", string more = "&fmt=json") =>
        GetAsync($"/eodhd/api/real-time/{symbol}?{(key is null ? "" : $"api_token={key}")}{more}");

    /// <summary>One ordinary quote of a provider, by its name.</summary>
    public Task<Answer> QuoteAsync(
        string provider,
        string ticker = "AAPL",
        string key = "sim-key",
        CancellationToken cancellationToken = default
    ) =>
        provider switch
        {
            "finnhub" => GetAsync($"/finnhub/api/v1/quote?symbol={ticker}&token={key}", cancellationToken),
            "alpha-vantage" => GetAsync(
                $"/alpha-vantage/query?function=GLOBAL_QUOTE&entitlement=realtime&symbol={ticker}&apikey={key}",
                cancellationToken
            ),
            "twelve-data" => GetAsync($"/twelve-data/quote?symbol={ticker}&apikey={key}", cancellationToken),
            "massive" => GetAsync($"/massive/v2/snapshot/locale/us/markets/stocks/tickers/{ticker}?apiKey={key}", cancellationToken),
            "alpaca" => AlpacaAsync($"snapshots?symbols={ticker}", key),
            "eodhd" => GetAsync($"/eodhd/api/real-time/{ticker}.US?api_token={key}&fmt=json", cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "There are six providers."),
        };

    public Task<Answer> GetAsync(string path, params (string Name, string? Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers, CancellationToken.None);

    public Task<Answer> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, [], cancellationToken);

    public Task<Answer> SendAsync(HttpMethod method, string path, string? json = null) =>
        SendAsync(method, path, json, [], CancellationToken.None);

    /// <summary>An order to the admin endpoint that must be taken.</summary>
    public async Task OrderAsync(string path, string json = "{}")
    {
        var answer = await SendAsync(HttpMethod.Post, $"/admin{path}", json);
        Assert.True(answer.Status is 200 or 204, answer.Body);
    }

    public Task FaultAsync(string json) => OrderAsync("/faults", json);

    public async Task<JsonElement> CallsAsync(string query = "") => (await GetAsync($"/admin/calls{query}")).Json;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        string? json,
        (string Name, string? Value)[] headers,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        return new Answer(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(cancellationToken),
            response.Headers
        );
    }
}

/// <summary>One answer of the simulator.</summary>
internal sealed record Answer(int Status, string? ContentType, string Body, HttpResponseHeaders Headers)
{
    /// <summary>The body, which must be JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Body);

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
