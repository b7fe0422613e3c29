using System.Globalization;
using Npgsql;
using Quorum.MarketData;

namespace Quorum.Sharing;

/// <summary>
/// Callers who wait, one large batch and prefetch compete for what six free plans allow, in two processes, one of which is killed and
/// started again at half time. The providers count by themselves, and none may ever have to refuse; callers keep their answers and their
/// budget.
/// </summary>
internal sealed class FreePlans(TimeSpan duration, TextWriter table, Action<string> report)
{
    private const int BudgetMs = 200,
        GraceMs = 15,
        Watched = 10;

    private const string Batch = "large";

    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Quorum__Prefetch__LeastShareOfProviders"] = "0.3", // Two plans are worth a day: with half of six prefetch would soon have nothing to do.
        };
        foreach (var provider in ProviderId.All)
        {
            settings[Processes.Setting(provider, "Plan")] = "free";
        }

        await using var running = await Processes.StartAsync("free", settings, report, cancellationToken);
        var client = running.Clients[0];
        for (var i = 0; i < Watched; i++)
        {
            await client.WatchAsync(Ticker(i), maxAge: 60);
        }

        await client.PostBatchAsync(Batch, [.. Enumerable.Range(1000, 1000).Select(Ticker)]);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(duration);
        var asking = Pace.RunAsync(
            0.25,
            number => running.ClientFor(number).ReadAsync(Ticker(100 + (number % 900)), "?maxAge=0"),
            over.Token
        );
        var reading = Pace.RunAsync(
            2,
            number => running.ClientFor(number / 2).ReadAsync(Ticker(number % Watched), "?maxAge=60"),
            over.Token
        );
        var restarting = RestartAtHalfTimeAsync(running, over.Token);
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(15), over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            report(
                $"{(await client.BatchAsync(Batch))["done"]} items done, {(await running.Provider.CallsAsync()).Values.Sum(calls => calls.Refused)} refusals"
            );
        }

        var (asked, read) = (await asking, await reading);
        await restarting;
        cancellationToken.ThrowIfCancellationRequested();
        return await JudgeAsync(running, asked, read);
    }

    /// <summary>A process that is killed takes its leases along; the other, and the one that follows it, keep to the quotas all the
    /// same.</summary>
    private async Task RestartAtHalfTimeAsync(Processes running, CancellationToken over)
    {
        await Task.Delay(duration / 2, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!over.IsCancellationRequested)
        {
            report("a process is killed and started again");
            await running.KillAndRestartAsync(place: 1, CancellationToken.None);
        }
    }

    private async Task<IReadOnlyList<string>> JudgeAsync(Processes running, IReadOnlyList<Read> asked, IReadOnlyList<Read> read)
    {
        var faults = new List<string>();
        var calls = await running.Provider.CallsAsync();
        var told = await running.Clients[0].ProvidersAsync();
        await table.WriteLineAsync(
            "| provider | calls | good | refused for a limit | left as `GET providers` tells |\n|---|---:|---:|---:|---|"
        );
        foreach (var provider in ProviderId.All.Select(provider => provider.ToString()))
        {
            var windows = told[provider]["quota"]!["windows"]!.AsArray();
            await table.WriteLineAsync(
                $"| {provider} | {calls[provider].All} | {calls[provider].Good} | {calls[provider].Refused} | "
                    + $"{string.Join(", ", windows.Select(window => $"{window!["left"]} of {window["limit"]} in {window["seconds"]} s, more at {window["refillsAt"] ?? "-"}"))} |"
            );
            Expect(calls[provider].Refused == 0, $"{provider} refused {calls[provider].Refused} calls");
            Expect(calls[provider].Good > 0, $"{provider} was not asked");
            Expect(windows.Count > 0, $"GET providers tells no quota of {provider}");
        }

        await table.WriteLineAsync();
        await TellAsync("asked for now (`maxAge=0`)", asked);
        await TellAsync("watched, up to 60 s old", read);
        var done = (int)(await running.Clients[0].BatchAsync(Batch))["done"]!;
        var prefetched = await CountPrefetchedAsync(running);
        await table.WriteLineAsync($"\nThe batch has {done} of 1000 items done, {prefetched} quotes were prefetched.\n");
        Expect(done > 0, "the batch got nothing");
        Expect(prefetched > 0, "nothing was prefetched");
        Expect(running.AllRun, "a process has ended");
        return faults;

        async Task TellAsync(string what, IReadOnlyList<Read> reads)
        {
            await table.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}: {reads.Count} requests, p50 {reads.Quantile(0.5):F0} ms, p95 {reads.Quantile(0.95):F0} ms; {string.Join(", ", reads.GroupBy(one => $"{one.Status} {one.Completeness}{(one.WasThere ? " already there" : "")}").OrderByDescending(group => group.Count()).Select(group => $"{group.Count()} × {group.Key}"))}"
                )
            );
            Expect(
                reads.All(one => one.Status is 200 or 202),
                $"{reads.Count(one => one.Status is not (200 or 202))} requests got no quote"
            );
            Expect(
                reads.Count(one => one.Status == 202) <= reads.Count / 50,
                $"{reads.Count(one => one.Status == 202)} requests were told to come later"
            );
            Expect(reads.Quantile(0.95) <= BudgetMs + GraceMs, $"p95 {reads.Quantile(0.95):F0} ms ({what})");
        }

        void Expect(bool isSo, string otherwise)
        {
            if (!isSo)
            {
                faults.Add(otherwise);
            }
        }
    }

    private static async Task<long> CountPrefetchedAsync(Processes running)
    {
        await using var source = NpgsqlDataSource.Create(running.Database.ConnectionString);
        await using var command = source.CreateCommand("select count(*) from quorum.quotes where id like 'prefetch:%'");
        return (long)(await command.ExecuteScalarAsync() ?? 0L);
    }

    private static string Ticker(int number) => $"T{number + 1:0000}";
}
