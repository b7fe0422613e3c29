using System.Runtime.InteropServices;
using Quorum.MarketData;
using Quorum.Providers;

namespace Quorum.Functions.Traces;

/// <summary>Collects the spans of one orchestration of a quote, and of the request that started it, in the memory of the process that
/// answers. Bounded: spans beyond the largest number are left out. Some 2 KB.</summary>
public sealed class QuoteTrace(TracedRequest request, TimeProvider time) : IFetchObserver
{
    private const int UsualSpans = 24,
        MaxSpans = 64,
        MaxJoined = 8;
    private const int Nowhere = -1;

    /// <summary>The shortest wait that gets a span.</summary>
    private static readonly TimeSpan MinWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();

    // All below is guarded by _gate.
    private Span[] _spans = new Span[UsualSpans];
    private int _count;
    private int _open;
    private bool _isAnswered;
    private List<string>? _joined;

    /// <summary>The request that started the orchestration.</summary>
    public TracedRequest Request => request;

    /// <summary>The time at which the quote of all providers was stored, as a timestamp; 0 before.</summary>
    internal long CompletedAt { get; private set; }

    /// <summary>True if the request is answered, the quote of all providers is stored and nothing else goes on.</summary>
    internal bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _isAnswered && CompletedAt != 0 && _open == 0;
            }
        }
    }

    /// <summary>Begins a span now.</summary>
    /// <returns>To be given to <see cref="End"/>.</returns>
    internal int Begin(SpanKind kind, ProviderId? provider = null, int attempt = 0) => Begin(kind, provider, attempt, time.GetTimestamp());

    internal void End(int token, FetchStatus? outcome = FetchStatus.Ok)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (token != Nowhere && _spans[token].EndedAt == 0)
            {
                _spans[token] = _spans[token] with { EndedAt = now, Outcome = outcome };
                _open--;
            }
        }
    }

    /// <summary>A request is answered, the one that started the orchestration or one that joined.</summary>
    internal void Answer(string ownTraceId, bool failed)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (!_isAnswered && ownTraceId == request.TraceId)
            {
                _isAnswered = true;
                AddNeedsGate(new Span(SpanKind.Request, null, 0, request.Arrival, now, failed ? null : FetchStatus.Ok));
            }
        }
    }

    /// <summary>Another request waits for the same orchestration.</summary>
    internal void Join(string other)
    {
        lock (_gate)
        {
            if ((_joined?.Count ?? 0) < MaxJoined && other != request.TraceId && _joined?.Contains(other) is not true)
            {
                (_joined ??= []).Add(other);
            }
        }
    }

    /// <summary>Begins the span of a publication.</summary>
    /// <param name="mergedAt">When the turn that merged began, UTC.</param>
    internal int BeginPublication(DateTimeOffset mergedAt)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            var fannedIn = request.Arrival;
            for (var i = 0; i < _count; i++)
            {
                fannedIn = _spans[i].Kind is SpanKind.Fetch or SpanKind.Load ? Math.Max(fannedIn, _spans[i].EndedAt) : fannedIn;
            }

            var merged = Math.Clamp(
                request.Arrival + (long)((mergedAt - request.ArrivedAt).TotalSeconds * time.TimestampFrequency),
                fannedIn,
                Math.Max(fannedIn, now)
            );
            AddNeedsGate(new Span(SpanKind.FanIn, null, 0, fannedIn, merged, FetchStatus.Ok));
            AddNeedsGate(new Span(SpanKind.Merge, null, 0, merged, now, FetchStatus.Ok));
        }

        return Begin(SpanKind.Publish, null, 0, now);
    }

    /// <summary>The quote of all providers is stored.</summary>
    internal void Complete() => CompletedAt = time.GetTimestamp();

    void IFetchObserver.Waited(ProviderId provider, long startedAt)
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(startedAt, now) >= MinWait)
        {
            lock (_gate)
            {
                AddNeedsGate(new Span(SpanKind.Wait, provider, 0, startedAt, now, FetchStatus.Ok));
            }
        }
    }

    int IFetchObserver.BeginAttempt(ProviderId provider, int attempt) => Begin(SpanKind.Attempt, provider, attempt);

    void IFetchObserver.EndAttempt(int token, FetchStatus status) => End(token, status);

    /// <summary>The spans so far, in the order of their beginning; those that have not ended are pending until now.</summary>
    internal (IReadOnlyList<TraceSpan> Spans, IReadOnlyList<string> Joined) Read()
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            var spans = new List<TraceSpan>(_count);
            for (var i = 0; i < _count; i++)
            {
                var span = _spans[i];
                var ended = span.EndedAt == 0 ? now : span.EndedAt;
                spans.Add(
                    new TraceSpan(
                        span.Kind,
                        span.Provider,
                        span.Attempt,
                        Milliseconds(request.Arrival, span.StartedAt),
                        Milliseconds(span.StartedAt, ended),
                        span.EndedAt == 0 ? FetchStatus.Pending : span.Outcome
                    )
                );
            }

            spans.Sort(
                static (one, other) => one.StartMs != other.StartMs ? one.StartMs.CompareTo(other.StartMs) : one.Kind.CompareTo(other.Kind)
            );
            return (spans, _joined is null ? [] : [.. _joined]);
        }
    }

    private int Begin(SpanKind kind, ProviderId? provider, int attempt, long startedAt)
    {
        lock (_gate)
        {
            var token = AddNeedsGate(new Span(kind, provider, attempt, startedAt, 0, null));
            _open += token == Nowhere ? 0 : 1;
            return token;
        }
    }

    private int AddNeedsGate(in Span span)
    {
        if (_count == MaxSpans)
        {
            return Nowhere;
        }

        if (_count == _spans.Length)
        {
            Array.Resize(ref _spans, Math.Min(_count * 2, MaxSpans));
        }

        _spans[_count] = span;
        return _count++;
    }

    private double Milliseconds(long from, long to) => Math.Round(time.GetElapsedTime(from, to).TotalMilliseconds, 2);

    /// <param name="EndedAt">0 while it goes on.</param>
    /// <param name="Outcome"><see langword="null"/> for an error.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Span(
        SpanKind Kind,
        ProviderId? Provider,
        int Attempt,
        long StartedAt,
        long EndedAt,
        FetchStatus? Outcome
    );
}

/// <summary>A request that starts an orchestration.</summary>
/// <param name="TraceId">W3C.</param>
/// <param name="InstanceId">The orchestration.</param>
/// <param name="Budget">The request's.</param>
/// <param name="Deadline">The time by which every fetch has its outcome, UTC.</param>
/// <param name="ArrivedAt">The arrival of the request, UTC.</param>
/// <param name="Arrival">The same as a timestamp.</param>
public sealed record TracedRequest(
    string TraceId,
    string InstanceId,
    Symbol Symbol,
    TimeSpan Budget,
    DateTimeOffset Deadline,
    DateTimeOffset ArrivedAt,
    long Arrival
);
