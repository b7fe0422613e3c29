using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;
using Quorum.Functions.Telemetry;
using Quorum.Storage;

namespace Quorum.Functions.Traces;

/// <summary>Begins the traces of requests, and stores them in groups when they have ended: at the latest a second after the publication or
/// the deadline, never on the way of an answer. What a process has not stored when it is killed is lost, as is what it collects while
/// PostgreSQL is unavailable.</summary>
public sealed partial class TraceRecorder(
    TraceStore store,
    AppMetrics metrics,
    TimeProvider time,
    IOptions<TraceOptions> options,
    ILogger<TraceRecorder> logger
) : BackgroundService
{
    private const int MaxWaiting = 4096,
        LargestGroup = 256;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250),
        Grace = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<QuoteTrace> _waiting = [];
    private long _second;
    private int _begunInSecond;

    /// <summary>Begins the trace of a request that starts an orchestration; <see langword="null"/> when it is not to be kept.</summary>
    internal QuoteTrace? Begin(QuoteRequest request, string traceId, string instanceId, DateTimeOffset deadline, in RequestClock clock)
    {
        if (!options.Value.Enabled)
        {
            return null;
        }

        var now = time.GetUtcNow();
        lock (_gate)
        {
            var second = now.ToUnixTimeSeconds();
            (_second, _begunInSecond) = (second, second == _second ? _begunInSecond + 1 : 1);
            if (_begunInSecond <= options.Value.PerSecond && _waiting.Count < MaxWaiting)
            {
                var traced = new TracedRequest(
                    traceId,
                    instanceId,
                    request.Symbol,
                    request.Budget,
                    deadline,
                    now - clock.Elapsed,
                    clock.Arrival
                );
                var trace = new QuoteTrace(traced, time);
                _waiting.Add(trace);
                return trace;
            }
        }

        metrics.TraceLeftOut();
        return null;
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await StoreAsync(Take(static _ => true), cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await StoreAsync(Take(IsDue), CancellationToken.None); // Not cancelled by a stop: nothing else has these traces any more.
        }
    }

    private bool IsDue(QuoteTrace trace) =>
        trace.HasEnded
        || (trace.CompletedAt is not 0 and var completed && time.GetElapsedTime(completed) > Grace)
        || time.GetUtcNow() > trace.Request.Deadline + Grace;

    private List<QuoteTrace> Take(Predicate<QuoteTrace> isDue)
    {
        lock (_gate)
        {
            var due = new List<QuoteTrace>();
            _waiting.RemoveAll(trace =>
            {
                var taken = isDue(trace);
                if (taken)
                {
                    due.Add(trace);
                }

                return taken;
            });
            return due;
        }
    }

    private async Task StoreAsync(List<QuoteTrace> traces, CancellationToken cancellationToken)
    {
        foreach (var group in traces.Chunk(LargestGroup))
        {
            try
            {
                await store.SaveAsync([.. group.SelectMany(Stored)], cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotStored(exception, group.Length);
            }
        }
    }

    private static IEnumerable<StoredTrace> Stored(QuoteTrace trace)
    {
        var request = trace.Request;
        var (spans, joined) = trace.Read();
        var waterfall = new StoredWaterfall(
            request.ArrivedAt,
            request.Budget.TotalMilliseconds,
            (request.Deadline - request.ArrivedAt).TotalMilliseconds,
            spans
        );
        yield return new StoredTrace(
            request.TraceId,
            request.InstanceId,
            request.Symbol,
            request.ArrivedAt,
            JsonSerializer.Serialize(waterfall, TraceJson.Default.StoredWaterfall)
        );
        foreach (var other in joined)
        {
            yield return new StoredTrace(other, request.InstanceId, request.Symbol, request.ArrivedAt, null);
        }
    }

    [LoggerMessage(EventId = 1040, Level = LogLevel.Warning, Message = "The traces of {Count} requests could not be stored.")]
    private partial void LogNotStored(Exception exception, int count);
}
