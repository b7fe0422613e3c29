using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>
/// Goes once through the call of every provider before the first caller does, so that nobody pays for its compilation out of a budget. No
/// provider hears of it: a listener of our own on the loopback answers with each one's example. Nor does anybody who measures: statistics, metrics,
/// spans, breakers, retry budgets and quotas are as if it had not been.
/// </summary>
internal static class Rehearsal
{
    /// <summary>Of a fetch that rehearses its callers: it asks nobody, and nothing counts it. No caller has it.</summary>
    public static readonly DateTimeOffset Deadline = DateTimeOffset.UnixEpoch;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Symbol Symbol = Symbol.Parse("AAPL");

    public static async Task RunAsync(TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var unheard = new UnheardMeters();
        await Task.WhenAll(ProviderRegistration.All.Select(registration => CallAsync(registration, listener, unheard, time, logger, cancellationToken)));
    }

    private static async Task CallAsync(
        ProviderRegistration registration, TcpListener listener, IMeterFactory meters, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var settings = new ProviderSettings(
            registration,
            new ProviderOptions { BaseAddress = $"http://{listener.LocalEndpoint}/{registration.Id}/", ApiKey = "rehearsal", ApiSecret = "rehearsal", Quota = { PerSecond = 1000 } });
        var adapter = registration.Create(settings);
        await using var client = new ProviderClient(
            registration.Id, adapter, settings, new LocalQuotaLedger(time), lateQuotes: null, telemetry: null, time, logger, meters);
        var listing = new ProviderListing
        {
            Provider = registration.Id,
            Symbol = Symbol,
            ProviderSymbol = ProviderSpelling.Of(registration.Id, Symbol) ?? Symbol.Ticker,
            Unit = "USD",
        };
        var answering = AnswerOneAsync(listener, cancellationToken);
        await client.FetchAsync(listing, time.GetUtcNow() + Patience, CallPurpose.Interactive, cancellationToken);
        await answering.WaitAsync(Patience, time, cancellationToken);
    }

    /// <summary>Each call brings one answer, not necessarily its own.</summary>
    private static async Task AnswerOneAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        using var client = await listener.AcceptTcpClientAsync(cancellationToken);
        var request = new byte[4096]; // Longer than any of ours: one read takes it whole.
        var length = await client.GetStream().ReadAsync(request, cancellationToken);
        await client.GetStream().WriteAsync(AnswerTo(Encoding.ASCII.GetString(request, 0, length)), cancellationToken);
    }

    /// <param name="request"><c>GET /finnhub/quote?symbol=AAPL HTTP/1.1</c> and its headers.</param>
    private static byte[] AnswerTo(string request)
    {
        var asked = ProviderRegistration.All.FirstOrDefault(registration => request.StartsWith($"GET /{registration.Id}/", StringComparison.Ordinal));
        var body = Encoding.UTF8.GetBytes(asked?.Example ?? "");
        return
        [
            .. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"),
            .. body,
        ];
    }

    /// <summary>For the measurements of the HTTP client, under a name that nobody asks for: else each start would add six requests to a loopback port.</summary>
    private sealed class UnheardMeters : IMeterFactory
    {
        private readonly Meter _meter = new("rehearsal");

        public Meter Create(MeterOptions options) => _meter;

        public void Dispose() => _meter.Dispose();
    }
}
