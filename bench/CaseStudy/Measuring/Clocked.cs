using Quorum.CaseStudy.Ways;

namespace Quorum.CaseStudy.Measuring;

/// <summary>Asks and takes the time.</summary>
internal sealed class Clocked(TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Tickers _tickers = new();

    /// <summary>One request at a time.</summary>
    public async Task<Latencies> AskOneAtATimeAsync(Way way, int requests, CancellationToken cancellationToken)
    {
        var latencies = new TimeSpan[requests];
        for (var i = 0; i < latencies.Length; i++)
        {
            latencies[i] = await AskAsync(way, time.GetTimestamp(), cancellationToken);
        }

        return new Latencies(latencies);
    }

    /// <summary>An open loop: requests come evenly at this rate whether or not the earlier ones are answered. Each one's time counts from
    /// the moment it was due, so a generator or a process that falls behind shows.</summary>
    /// <param name="rate">Requests per second.</param>
    public async Task<Latencies> AskAtRateAsync(Way way, int rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        var running = new Task<TimeSpan>[(int)(rate * duration.TotalSeconds)];
        var start = time.GetTimestamp();
        using var ticks = new PeriodicTimer(Tick, time);
        for (var i = 0; i < running.Length; )
        {
            for (var due = Due(i); i < running.Length && due <= time.GetTimestamp(); due = Due(++i))
            {
                running[i] = AskAsync(way, due, cancellationToken);
            }

            await ticks.WaitForNextTickAsync(cancellationToken);
        }

        return new Latencies(await Task.WhenAll(running));

        long Due(int request) => start + (long)((double)request * time.TimestampFrequency / rate);
    }

    private async Task<TimeSpan> AskAsync(Way way, long due, CancellationToken cancellationToken)
    {
        var isComplete = await way.AskAsync(_tickers.Next(), cancellationToken);
        return isComplete ? time.GetElapsedTime(due) : TimeSpan.MaxValue;
    }
}
