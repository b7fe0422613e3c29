using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Logs refused requests and connections, at most one line a minute for each kind with the number of them: callers must not be
/// able to fill the log. No text of a request is logged.</summary>
internal sealed partial class RefusalLog : IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly HttpSettings _settings;
    private readonly ILogger<RefusalLog> _logger;
    private readonly MeterListener _connections = new();
    private readonly IDisposable _requests;
    private readonly Tally _broken;
    private readonly Tally _withoutMemory;
    private readonly Tally _refusedConnections;

    /// <param name="server">Announces requests that the server refuses before they reach the app.</param>
    public RefusalLog(HttpSettings settings, TimeProvider time, DiagnosticListener server, ILogger<RefusalLog> logger)
    {
        _settings = settings;
        _logger = logger;
        _broken = new Tally(time);
        _withoutMemory = new Tally(time);
        _refusedConnections = new Tally(time);
        _requests = server.Subscribe(this, name => name == BadRequest);
        _connections.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Name: "kestrel.rejected_connections", Meter.Name: "Microsoft.AspNetCore.Server.Kestrel" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _connections.SetMeasurementEventCallback<long>((_, _, _, _) => CountConnection());
        _connections.Start();
    }

    /// <summary>Counts a request that was refused while its body was read.</summary>
    public void Count(BadHttpRequestException refusal, IFeatureCollection features)
    {
        if (features.Get<Counted>() is not null)
        {
            return; // the server announces a broken body again once the app has answered
        }

        features.Set(Counted.Instance);
        if (refusal.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            if (_withoutMemory.Add(out var count))
            {
                LogWithoutMemory(count, _settings.MaxBodyMemory);
            }
        }
        else if (_broken.Add(out var count))
        {
            LogBroken(count, refusal.StatusCode, features.Get<IHttpConnectionFeature>()?.RemoteIpAddress);
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (
            value.Value is IFeatureCollection features
            && features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException refusal
        )
        {
            Count(refusal, features);
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted() { }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error) { }

    public void Dispose()
    {
        _requests.Dispose();
        _connections.Dispose();
    }

    private void CountConnection()
    {
        if (_refusedConnections.Add(out var count))
        {
            LogRefusedConnections(count, _settings.MaxConnections);
        }
    }

    [LoggerMessage(
        2113,
        LogLevel.Warning,
        "Invalid, incomplete or too slow requests: {Count}; the last got status {Status}, from {Address}"
    )]
    private partial void LogBroken(int count, int status, IPAddress? address);

    [LoggerMessage(2114, LogLevel.Warning, "Requests answered with 503 because bodies in flight use all of {Bytes} bytes: {Count}")]
    private partial void LogWithoutMemory(int count, long bytes);

    [LoggerMessage(2115, LogLevel.Warning, "Connections closed because {MaxConnections} are open: {Count}")]
    private partial void LogRefusedConnections(int count, int maxConnections);

    /// <summary>Marks a request that was counted.</summary>
    private sealed class Counted
    {
        public static Counted Instance { get; } = new();
    }

    /// <summary>Counts events, and returns the count at most once per interval.</summary>
    private sealed class Tally(TimeProvider time)
    {
        private int _count;
        private long _last;

        public bool Add(out int count)
        {
            Interlocked.Increment(ref _count);
            var now = time.GetTimestamp();
            var last = Interlocked.Read(ref _last);
            if ((last == 0 || time.GetElapsedTime(last, now) >= Interval) && Interlocked.CompareExchange(ref _last, now, last) == last)
            {
                count = Interlocked.Exchange(ref _count, 0);
                return true;
            }

            count = 0;
            return false;
        }
    }
}
