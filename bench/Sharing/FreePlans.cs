using System.Globalization;
using Npgsql;
using Quorum.MarketData;

namespace Quorum.Sharing;

/// <summary>
/// Interactive callers, one large batch and prefetch compete for the quotas of six free plans, in two processes, one of which is killed and
/// restarted at half time. The simulator counts the calls itself and must never have to refuse one; callers get their answers within their
/// budgets.
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
            // Two of the six plans allow 25 calls a day or fewer: with a minimum of half of the providers, prefetch would soon stop.
            ["Quorum__Prefetch__LeastShareOfProviders"] = "0.3",
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

    /// <summary>
    /// Kills and restarts a process. Its leases are lost with it; the other process and the restarted one still stay within the quotas.
    /// </summary>
    private async Task RestartAtHalfTimeAsync(Processes running, CancellationToken over)
    {
        await Task.Delay(duration / 2, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!over.IsCancellationRequested)
        {
            report("killing and restarting a process");
            await running.KillAndRestartAsync(place: 1, CancellationToken.None);
        }
    }

    private async Task<IReadOnlyList<string>> JudgeAsync(Processes running, IReadOnlyList<Read> asked, IReadOnlyList<Read> read)
    {
        var faults = new List<string>();
        var calls = await running.Provider.CallsAsync();
        var told = await running.Clients[0].ProvidersAsync();
        await table.WriteLineAsync("| provider | calls | good | refused for a limit | left by `GET providers` |\n|---|---:|---:|---:|---|");
        foreach (var provider in ProviderId.All.Select(provider => provider.ToString()))
        {
            var windows = told[provider]["quota"]!["windows"]!.AsArray();
            await table.WriteLineAsync(
                $"| {provider} | {calls[provider].All} | {calls[provider].Good} | {calls[provider].Refused} | "
                    + $"{string.Join(", ", windows.Select(window => $"{window!["left"]} of {window["limit"]} in {window["seconds"]} s, more at {window["refillsAt"] ?? "-"}"))} |"
            );
            Expect(calls[provider].Refused == 0, $"{provider} refused {calls[provider].Refused} calls");
            Expect(calls[provider].Good > 0, $"{provider} was not asked");
            Expect(windows.Count > 0, $"GET providers shows no quota of {provider}");
        }

        await table.WriteLineAsync();
        await TellAsync("uncached (`maxAge=0`)", asked);
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
                $"{reads.Count(one => one.Status == 202)} requests got a 202"
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
