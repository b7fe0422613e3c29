using Quorum.CaseStudy.Variants;

namespace Quorum.CaseStudy.Measuring;

/// <summary>Sends requests and measures their latency.</summary>
internal sealed class Clocked(TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Tickers _tickers = new();

    /// <summary>Sends one request at a time.</summary>
    public async Task<Latencies> AskOneAtATimeAsync(Variant variant, int requests, CancellationToken cancellationToken)
    {
        var latencies = new TimeSpan[requests];
        for (var i = 0; i < latencies.Length; i++)
        {
            latencies[i] = await AskAsync(variant, time.GetTimestamp(), cancellationToken);
        }

        return new Latencies(latencies);
    }

    /// <summary>
    /// Sends requests evenly at a rate without waiting for earlier answers (open loop). Latency counts from the time at which a request was
    /// due, so a slow generator or process shows in the figures.
    /// </summary>
    /// <param name="rate">Requests per second.</param>
    public async Task<Latencies> AskAtRateAsync(Variant variant, int rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        var running = new Task<TimeSpan>[(int)(rate * duration.TotalSeconds)];
        var start = time.GetTimestamp();
        using var ticks = new PeriodicTimer(Tick, time);
        for (var i = 0; i < running.Length; )
        {
            for (var due = Due(i); i < running.Length && due <= time.GetTimestamp(); due = Due(++i))
            {
                running[i] = AskAsync(variant, due, cancellationToken);
            }

            await ticks.WaitForNextTickAsync(cancellationToken);
        }

        return new Latencies(await Task.WhenAll(running));

        long Due(int request) => start + (long)((double)request * time.TimestampFrequency / rate);
    }

    private async Task<TimeSpan> AskAsync(Variant variant, long due, CancellationToken cancellationToken)
    {
        var isComplete = await variant.AskAsync(_tickers.Next(), cancellationToken);
        return isComplete ? time.GetElapsedTime(due) : TimeSpan.MaxValue;
    }
}
