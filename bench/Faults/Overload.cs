using System.ComponentModel;
using System.Diagnostics;
using Quorum.Harness;

namespace Quorum.Faults;

/// <summary>
/// Sends far more requests than the app can serve: accepted requests stay within their budget, the others get a 429 at once, and afterwards
/// the app serves as before.
/// </summary>
internal sealed class Overload(FaultArguments arguments, Action<string> report)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    public async Task<IReadOnlyList<Cell>> RunAsync(CancellationToken cancellationToken)
    {
        await using var database = await Database.StartAsync("faults", report, cancellationToken);
        await using var simulator = await Simulator.StartAsync(cancellationToken);
        await using var app = await AppProcess.StartAsync(database.ConnectionString, simulator.Address, cancellationToken);
        using var load = new LoadGenerator(app.Address);
        PreferThisProcess();
        var sustained = arguments.OverloadRate / 10;
        report("warming up");
        await load.AskAsync(sustained, TimeSpan.FromSeconds(5), cancellationToken);
        report($"{arguments.OverloadRate} requests/s");
        var during = await load.AskAsync(arguments.OverloadRate, TimeSpan.FromSeconds(arguments.Quick ? 10 : 30), cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(10), cancellationToken);
        report($"{sustained} requests/s");
        var after = await load.AskAsync(sustained, TimeSpan.FromSeconds(5), cancellationToken);

        var accepted = during.Where(answer => answer.Status is 200 or 202).ToList();
        var refused = during.Where(answer => answer.Status == 429).ToList();
        var broken = during.Where(answer => answer.Status is not (200 or 202 or 429)).CountBy(answer => answer.Status).ToList();
        return
        [
            Judge(
                $"{arguments.OverloadRate}/s, accepted",
                accepted,
                TimeSpan.FromMilliseconds(QuoteClient.BudgetMs * 1.5),
                [.. broken.Select(pair => $"{pair.Value} with neither an answer nor 429, but {pair.Key}")]
            ),
            Judge("rejected", refused, TimeSpan.FromMilliseconds(20), []),
            Judge(
                "10 s after",
                after,
                TimeSpan.FromMilliseconds(QuoteClient.BudgetMs),
                after.Any(answer => answer.Status != 200) ? ["not as before"] : []
            ),
        ];

        static Cell Judge(string what, IReadOnlyList<Answer> answers, TimeSpan limit, IReadOnlyList<string> faults)
        {
            var times = answers.Select(answer => answer.Took).Order().ToList();
            var p95 = times.Count == 0 ? TimeSpan.Zero : times[Math.Max(0, (int)Math.Ceiling(times.Count * 0.95) - 1)];
            return new Cell(
                "overload",
                what,
                answers.Count,
                p95,
                "",
                p95 > limit ? [.. faults, $"p95 above {limit.TotalMilliseconds:0} ms"] : faults
            );
        }
    }

    /// <summary>Raises this process's priority: time in which it waits for a processor would count as the app's.</summary>
    private void PreferThisProcess()
    {
        try
        {
            using var process = Process.GetCurrentProcess();
            process.PriorityClass = ProcessPriorityClass.High;
        }
        catch (Win32Exception)
        {
            report("this process may not raise its priority: latencies include its own waits for a processor");
        }
    }

    /// <summary>One answer, without its body. Status 0: no answer.</summary>
    private sealed record Answer(int Status, TimeSpan Took);

    /// <summary>Thousands of clients that read only the status, to leave the processor to the app.</summary>
    private sealed class LoadGenerator(Uri app) : IDisposable
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null })
        {
            BaseAddress = app,
            Timeout = TimeSpan.FromSeconds(20),
        };
        private readonly Uri[] _quotes =
        [
            .. Enumerable
                .Range(1, 2000)
                .Select(number => new Uri($"api/quotes/T{number:0000}?maxAge=0&budget={QuoteClient.BudgetMs}", UriKind.Relative)),
        ];

        private int _next;

        public async Task<IReadOnlyList<Answer>> AskAsync(int rate, TimeSpan duration, CancellationToken cancellationToken)
        {
            var running = new List<Task<Answer>>((int)(rate * duration.TotalSeconds));
            var start = Stopwatch.GetTimestamp();
            using var ticks = new PeriodicTimer(Tick);
            while (Stopwatch.GetElapsedTime(start) is var elapsed && elapsed < duration)
            {
                for (var due = (int)(elapsed.TotalSeconds * rate); running.Count < due; )
                {
                    running.Add(AskAsync(cancellationToken));
                }

                await ticks.WaitForNextTickAsync(cancellationToken);
            }

            return await Task.WhenAll(running);
        }

        public void Dispose() => _http.Dispose();

        private async Task<Answer> AskAsync(CancellationToken cancellationToken)
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                using var response = await _http.GetAsync(_quotes[_next++ % _quotes.Length], cancellationToken);
                return new Answer((int)response.StatusCode, Stopwatch.GetElapsedTime(start));
            }
            catch (Exception exception) when (exception is HttpRequestException || !cancellationToken.IsCancellationRequested)
            {
                return new Answer(0, Stopwatch.GetElapsedTime(start));
            }
        }
    }
}
