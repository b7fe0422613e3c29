using System.Diagnostics.Metrics;
using Quorum.Functions.Overload;
using Quorum.Functions.Quotes;

namespace Quorum.Functions.Telemetry;

/// <summary>
/// The metrics of the app, under the meter <see cref="MeterName"/>; docs/operations.md explains each. Costs a comparison without a
/// listener.
/// </summary>
public sealed class AppMetrics : IDisposable
{
    public const string MeterName = "Quorum.Functions";

    private const double BpsPerUnit = 10_000;

    private readonly Meter _meter;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _overhead;
    private readonly Counter<long> _budgetMisses;
    private readonly Counter<long> _joins;
    private readonly Counter<long> _rejections;
    private readonly Histogram<double> _agreedDifference;
    private readonly Counter<long> _tracesLeftOut;
    private readonly Histogram<double> _threadPoolWait;
    private readonly Counter<long> _consumerCalls;
    private readonly Counter<long> _consumerProviderCalls;
    private readonly Counter<long> _consumerRefusals;

    public AppMetrics(IMeterFactory meters, Admission admission, HubHealth hub)
    {
        _meter = meters.Create(MeterName);
        _duration = _meter.CreateHistogram<double>("quorum.quote.duration", "s", "From the arrival of a request for a quote to its answer");
        _overhead = _meter.CreateHistogram<double>("quorum.quote.overhead", "s", "The same, less the time that the slowest provider took");
        _budgetMisses = _meter.CreateCounter<long>(
            "quorum.quote.budget_misses",
            "{request}",
            "Requests whose budget ended before the orchestration's answer came"
        );
        _joins = _meter.CreateCounter<long>("quorum.quote.joins", "{request}", "Requests that joined an identical one in flight");
        _agreedDifference = _meter.CreateHistogram<double>(
            "quorum.quote.agreed_difference",
            "{basis_point}",
            "Between the price on which enough providers agreed first and that of all of them",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0, 0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000] }
        );
        _rejections = _meter.CreateCounter<long>("quorum.overload.rejections", "{request}", "Requests answered with 429");
        _tracesLeftOut = _meter.CreateCounter<long>(
            "quorum.traces.left_out",
            "{request}",
            "Requests whose spans are not kept, since there were too many"
        );
        _meter.CreateObservableUpDownCounter(
            "quorum.overload.in_flight",
            () => admission.InFlight,
            "{request}",
            "Requests accepted and not answered yet"
        );
        _meter.CreateObservableGauge(
            "quorum.overload.limit",
            () => admission.Limit,
            "{request}",
            "The current maximum of requests in flight"
        );
        _meter.CreateObservableGauge(
            "quorum.hub.away",
            () => hub.IsUnavailable ? 1 : 0,
            "{hub}",
            "1 while no orchestration can be started, and quotes are made without one"
        );
        _consumerCalls = _meter.CreateCounter<long>("quorum.consumer.calls", "{request}", "Requests for data, by consumer");
        _consumerProviderCalls = _meter.CreateCounter<long>(
            "quorum.consumer.provider_calls",
            "{call}",
            "Calls to providers that consumers caused"
        );
        _consumerRefusals = _meter.CreateCounter<long>(
            "quorum.consumer.refusals",
            "{refusal}",
            "Refusals because of a consumer's limits or providers"
        );
        _threadPoolWait = _meter.CreateHistogram<double>("quorum.thread_pool.wait", "s", "How long a work item waits for a thread");
    }

    /// <param name="from">The source of the answer.</param>
    /// <param name="overhead">The overhead; <see langword="null"/> where no provider was awaited.</param>
    public void Answered(ServedFrom from, TimeSpan elapsed, TimeSpan? overhead)
    {
        if (_duration.Enabled)
        {
            _duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("quorum.served_from", NameOf(from)));
        }

        if (overhead is { } ours)
        {
            _overhead.Record(ours.TotalSeconds);
        }
    }

    public void BudgetMissed() => _budgetMisses.Add(1);

    public void Joined() => _joins.Add(1);

    /// <summary>Notes how far the price of all providers lies from the one on which enough of them agreed first.</summary>
    /// <param name="agreed">Positive.</param>
    /// <param name="complete">The price of all.</param>
    public void AgreedDiffered(decimal agreed, decimal complete)
    {
        if (_agreedDifference.Enabled)
        {
            _agreedDifference.Record((double)(Math.Abs(complete - agreed) / agreed) * BpsPerUnit);
        }
    }

    public void Rejected() => _rejections.Add(1);

    /// <param name="consumer">The name; empty for callers without a key.</param>
    public void ConsumerCalled(string consumer) => _consumerCalls.Add(1, Tag(consumer));

    /// <inheritdoc cref="ConsumerCalled"/>
    public void ProvidersCalled(string consumer, int calls) => _consumerProviderCalls.Add(calls, Tag(consumer));

    /// <inheritdoc cref="ConsumerCalled"/>
    public void ConsumerRefused(string consumer) => _consumerRefusals.Add(1, Tag(consumer));

    public void TraceLeftOut() => _tracesLeftOut.Add(1);

    public void ThreadPoolWaited(TimeSpan wait) => _threadPoolWait.Record(wait.TotalSeconds);

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string consumer) => new("quorum.consumer", consumer);

    private static string NameOf(ServedFrom from) =>
        from switch
        {
            ServedFrom.Cache => "at-hand",
            ServedFrom.Store => "store",
            ServedFrom.Orchestration => "orchestration",
            ServedFrom.Providers => "providers",
            ServedFrom.StandIn => "stand-in",
            ServedFrom.Later => "later",
            _ => "nothing",
        };
}
