using System.Diagnostics;
using Quorum.Surroundings;

namespace Quorum.Faults;

/// <summary>Far more requests than the app can carry: those let in keep their time, the others hear so at once, and afterwards all is as before.</summary>
internal sealed class Overload(FaultArguments arguments, Action<string> report)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    public async Task<IReadOnlyList<Cell>> RunAsync(CancellationToken cancellationToken)
    {
        await using var database = await Database.StartAsync("faults", report, cancellationToken);
        await using var simulator = await Simulator.StartAsync(cancellationToken);
        await using var app = await AppProcess.StartAsync(database.ConnectionString, simulator.Address, cancellationToken);
        using var asker = new Asker(app.Address);
        var sustained = arguments.OverloadRate / 10;
        report("warming up");
        await AtRateAsync(asker, sustained, TimeSpan.FromSeconds(5), cancellationToken);
        report($"{arguments.OverloadRate} requests/s");
        var during = await AtRateAsync(asker, arguments.OverloadRate, TimeSpan.FromSeconds(arguments.Quick ? 10 : 30), cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(10), cancellationToken);
        report($"{sustained} requests/s");
        var after = await AtRateAsync(asker, sustained, TimeSpan.FromSeconds(5), cancellationToken);

        var accepted = during.Where(answer => answer.Status is 200 or 202).ToList();
        var refused = during.Where(answer => answer.Status == 429).ToList();
        var faults = new List<string>();
        Limit(accepted, TimeSpan.FromMilliseconds(Asker.BudgetMs * 1.5), "let in");
        Limit(refused, TimeSpan.FromMilliseconds(20), "turned away");
        if (during.Count - accepted.Count - refused.Count is > 0 and var broken)
        {
            var statuses = during.Except(accepted).Except(refused).CountBy(answer => answer.Status).Select(pair => $"{pair.Value} × {pair.Key}");
            faults.Add($"{broken} with neither an answer nor 429 ({string.Join(", ", statuses)})");
        }

        if (after.Any(answer => answer.Status != 200))
        {
            faults.Add("not as before 10 s after");
        }

        return
        [
            new Cell("overload", $"{arguments.OverloadRate}/s, let in", accepted.Count, P95(accepted), "", faults),
            new Cell("overload", "turned away", refused.Count, P95(refused), "", []),
            new Cell("overload", "10 s after", after.Count, P95(after), "", []),
        ];

        void Limit(IReadOnlyList<Asked> answers, TimeSpan limit, string which)
        {
            if (P95(answers) > limit)
            {
                faults.Add($"p95 of those {which} {P95(answers).TotalMilliseconds:0} ms");
            }
        }
    }

    private static TimeSpan P95(IReadOnlyList<Asked> answers) =>
        answers.Count == 0 ? TimeSpan.Zero : answers.Select(answer => answer.Took).Order().ElementAt((int)(answers.Count * 0.95) - (answers.Count > 1 ? 1 : 0));

    private static async Task<IReadOnlyList<Asked>> AtRateAsync(Asker asker, int rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        var running = new List<Task<Asked>>();
        var start = Stopwatch.GetTimestamp();
        using var ticks = new PeriodicTimer(Tick);
        while (Stopwatch.GetElapsedTime(start) is var elapsed && elapsed < duration)
        {
            for (var due = (int)(elapsed.TotalSeconds * rate); running.Count < due;)
            {
                running.Add(asker.AskAsync(cancellationToken));
            }

            await ticks.WaitForNextTickAsync(cancellationToken);
        }

        return await Task.WhenAll(running);
    }
}
