using System.Diagnostics;
using System.Diagnostics.Metrics;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>
/// Traces and metrics of the calls to all providers: source and meter <c>Quorum.Providers</c>. Costs almost nothing without a listener, and
/// never holds a request's address or a key (N17).
/// </summary>
public sealed class ProviderTelemetry : IDisposable
{
    /// <summary>Of the activity source and of the meter.</summary>
    public const string Name = "Quorum.Providers";

    internal const string ProviderTag = "quorum.provider",
        OutcomeTag = "quorum.outcome";

    private static readonly ActivitySource Source = new(Name);

    private static readonly string[] OutcomeNames = [.. Enum.GetValues<FetchStatus>().Select(NameOf)];

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _fetches,
        _retries,
        _remembered;

    internal ProviderTelemetry()
    {
        _duration = _meter.CreateHistogram(
            "quorum.provider.request.duration",
            "s",
            "Duration of one HTTP request to a provider, those past their caller's deadline included.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2.5, 5, 10],
            }
        );
        _fetches = _meter.CreateCounter<long>("quorum.provider.fetches", "{fetch}", "Fetches by what they came to for their caller.");
        _remembered = _meter.CreateCounter<long>(
            "quorum.provider.unknown_symbols.remembered",
            "{fetch}",
            "Fetches of a symbol that the provider lately did not know: it was not asked again."
        );
        _retries = _meter.CreateCounter<long>("quorum.provider.retries", "{retry}", "Requests made again after one that failed.");
    }

    /// <summary>Registers gauges that are read at any time and on any thread.</summary>
    internal void Observe(Func<IEnumerable<Measurement<int>>> breakers, Func<IEnumerable<Measurement<int>>> quotas)
    {
        _meter.CreateObservableGauge("quorum.provider.breaker.state", breakers, "{state}", "0 closed, 1 half-open, 2 open.");
        _meter.CreateObservableGauge(
            "quorum.provider.quota.left",
            quotas,
            "{permit}",
            "Calls left in a window by purpose, as last read from the ledger."
        );
    }

    /// <summary>The name of the API: <c>timed-out</c>.</summary>
    internal static string OutcomeName(FetchStatus status) => OutcomeNames[(int)status];

    /// <summary>Starts a client span around one request; <see langword="null"/> without a listener.</summary>
    internal static Activity? StartRequest(ProviderId provider, string host, int attempt)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var name = provider.ToString();
        var activity = Source.StartActivity($"GET {name}", ActivityKind.Client);
        activity?.SetTag("http.request.method", "GET").SetTag("server.address", host).SetTag(ProviderTag, name);
        if (attempt > 1)
        {
            activity?.SetTag("http.request.resend_count", attempt - 1);
        }

        return activity;
    }

    internal static void EndRequest(Activity? activity, FetchStatus status)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag(OutcomeTag, OutcomeName(status));
        if (status is FetchStatus.TimedOut or FetchStatus.ServerError or FetchStatus.MalformedResponse or FetchStatus.Unreachable)
        {
            activity.SetTag("error.type", OutcomeName(status)).SetStatus(ActivityStatusCode.Error);
        }

        activity.Dispose();
    }

    internal void NoteRequest(ProviderId provider, FetchStatus status, TimeSpan took)
    {
        if (_duration.Enabled)
        {
            _duration.Record(took.TotalSeconds, new(ProviderTag, provider.ToString()), new(OutcomeTag, OutcomeName(status)));
        }
    }

    internal void NoteFetch(ProviderId provider, FetchStatus status)
    {
        if (_fetches.Enabled)
        {
            _fetches.Add(1, new(ProviderTag, provider.ToString()), new(OutcomeTag, OutcomeName(status)));
        }
    }

    internal void NoteRemembered(ProviderId provider)
    {
        if (_remembered.Enabled)
        {
            _remembered.Add(1, new KeyValuePair<string, object?>(ProviderTag, provider.ToString()));
        }
    }

    internal void NoteRetry(ProviderId provider)
    {
        if (_retries.Enabled)
        {
            _retries.Add(1, new KeyValuePair<string, object?>(ProviderTag, provider.ToString()));
        }
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Returns the status as it is written in JSON.</summary>
    private static string NameOf(FetchStatus status) =>
        System.Text.Json.JsonSerializer.Serialize(status, MarketDataJson.Default.FetchStatus).Trim('"');
}
