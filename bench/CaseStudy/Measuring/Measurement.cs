using Quorum.CaseStudy.CommandLine;
using Quorum.CaseStudy.Variants;

namespace Quorum.CaseStudy.Measuring;

/// <summary>
/// Measures one variant: after a warm-up one request at a time, then at rising rates until fewer than 95 of 100 requests are answered in
/// time.
/// </summary>
internal sealed class Measurement(CaseStudyArguments arguments, Action<string> report, TimeProvider time)
{
    /// <summary>The rate of the warm-up, which opens connections and lets the JIT compiler finish; its answers are not counted.</summary>
    private const int WarmUpRate = 100;

    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);

    private readonly Clocked _clocked = new(time);

    public async Task<Findings> MeasureAsync(Variant variant, CancellationToken cancellationToken)
    {
        report($"{variant.Name}: warming up");
        await _clocked.AskAtRateAsync(variant, WarmUpRate, arguments.Duration, cancellationToken);

        report($"{variant.Name}: {arguments.Requests} requests, one at a time");
        var oneAtATime = await _clocked.AskOneAtATimeAsync(variant, arguments.Requests, cancellationToken);
        return new Findings(variant.Name, oneAtATime, await RaiseAsync(variant, cancellationToken));
    }

    private async Task<IReadOnlyList<(int Rate, Latencies Latencies)>> RaiseAsync(Variant variant, CancellationToken cancellationToken)
    {
        var steps = new List<(int Rate, Latencies Latencies)>();
        foreach (var rate in arguments.Rates)
        {
            await Task.Delay(Settling, time, cancellationToken);
            report($"{variant.Name}: {rate} requests/s");
            var latencies = await _clocked.AskAtRateAsync(variant, rate, arguments.Duration, cancellationToken);
            steps.Add((rate, latencies));
            if (!Findings.IsCarried(latencies))
            {
                break;
            }
        }

        return steps;
    }
}
