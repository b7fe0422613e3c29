using Quorum.CaseStudy.CommandLine;
using Quorum.CaseStudy.Ways;

namespace Quorum.CaseStudy.Measuring;

/// <summary>Measures one way: warmed up, one request at a time, then at rising rates until 95 of 100 are no longer answered in
/// time.</summary>
internal sealed class Measurement(CaseStudyArguments arguments, Action<string> report, TimeProvider time)
{
    /// <summary>Opens connections and lets the compiler get to its faster code; the answers do not count.</summary>
    private const int WarmUpRate = 100;

    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);

    private readonly Clocked _clocked = new(time);

    public async Task<Findings> MeasureAsync(Way way, CancellationToken cancellationToken)
    {
        report($"{way.Name}: warming up");
        await _clocked.AskAtRateAsync(way, WarmUpRate, arguments.Duration, cancellationToken);

        report($"{way.Name}: {arguments.Requests} requests, one at a time");
        var oneAtATime = await _clocked.AskOneAtATimeAsync(way, arguments.Requests, cancellationToken);
        return new Findings(way.Name, oneAtATime, await RaiseAsync(way, cancellationToken));
    }

    private async Task<IReadOnlyList<(int Rate, Latencies Latencies)>> RaiseAsync(Way way, CancellationToken cancellationToken)
    {
        var steps = new List<(int Rate, Latencies Latencies)>();
        foreach (var rate in arguments.Rates)
        {
            await Task.Delay(Settling, time, cancellationToken);
            report($"{way.Name}: {rate} requests/s");
            var latencies = await _clocked.AskAtRateAsync(way, rate, arguments.Duration, cancellationToken);
            steps.Add((rate, latencies));
            if (!Findings.IsCarried(latencies))
            {
                break;
            }
        }

        return steps;
    }
}
