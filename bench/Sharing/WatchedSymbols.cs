using System.Globalization;
using Quorum.MarketData;

namespace Quorum.Sharing;

/// <summary>
/// Reads 50 watched symbols at random through two processes with the default <c>maxAge</c>, within paid plans. Their quotes must be cached
/// before they are requested.
/// </summary>
internal sealed class WatchedSymbols(TimeSpan duration, TextWriter table, Action<string> report)
{
    private const int Watched = 50;

    private const double MinCachedShare = 0.95,
        MaxMs = 3,
        ReadsPerSecond = 20;

    /// <summary>The limits that the simulator enforces for the paid plans, as settings.</summary>
    private static readonly (ProviderId Provider, string Name, string Value)[] Paid =
    [
        (ProviderId.Finnhub, "Quota__PerMinute", "900"),
        (ProviderId.Finnhub, "Quota__PerSecond", "30"),
        (ProviderId.AlphaVantage, "Quota__PerMinute", "1200"),
        (ProviderId.TwelveData, "Quota__PerMinute", "2584"),
        (ProviderId.Alpaca, "Quota__PerMinute", "10000"),
        (ProviderId.Eodhd, "Quota__PerMinute", "1000"),
        (ProviderId.Eodhd, "Quota__PerDay", "100000"),
    ];

    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        var settings = Paid.ToDictionary(
            setting => Processes.Setting(setting.Provider, setting.Name),
            setting => (string?)setting.Value,
            StringComparer.Ordinal
        );
        await using var running = await Processes.StartAsync("paid", settings, report, cancellationToken);
        for (var i = 0; i < Watched; i++)
        {
            await running.Clients[0].WatchAsync(Ticker(i), maxAge: 5);
        }

        await Task.Delay(TimeSpan.FromSeconds(10), cancellationToken); // the first quotes
        var before = await running.Provider.CallsAsync();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(duration);
        report($"{Watched} symbols are read for {duration.TotalMinutes:0} minutes");
        var reads = await Task.WhenAll(
            running.Clients.Select(client =>
                Pace.RunAsync(
                    ReadsPerSecond / running.Clients.Count,
                    _ => client.ReadAsync(Ticker(Random.Shared.Next(Watched)), ""),
                    over.Token
                )
            )
        );
        cancellationToken.ThrowIfCancellationRequested();

        var faults = new List<string>();
        await table.WriteLineAsync(
            "| process | reads | cached | p50 ms | p95 ms | of all, p95 ms | complete |\n|---|---:|---:|---:|---:|---:|---:|"
        );
        for (var i = 0; i < reads.Length; i++)
        {
            await TellAsync($"{i + 1}", reads[i]);
        }

        await TellAsync("both", [.. reads.SelectMany(one => one)]);
        await table.WriteLineAsync();
        foreach (var (provider, calls) in await running.Provider.CallsAsync())
        {
            await table.WriteLineAsync(
                $"{provider}: {(calls.All - before[provider].All) / duration.TotalMinutes:0} calls a minute, {calls.Refused} refused for a limit"
            );
            Expect(calls.Refused == 0, $"{provider} refused {calls.Refused} calls");
        }

        Expect(running.AllRun, "a process has ended");
        return faults;

        async Task TellAsync(string process, IReadOnlyList<Read> all)
        {
            var there = all.Where(read => read.WasThere).ToList();
            await table.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {process} | {all.Count} | {100.0 * there.Count / all.Count:F1} % | {there.Quantile(0.5):F2} | {there.Quantile(0.95):F2} | {all.Quantile(0.95):F1} | {100.0 * all.Count(read => read.Completeness == "complete") / all.Count:F1} % |"
                )
            );
            Expect(there.Count >= MinCachedShare * all.Count, $"process {process}: only {there.Count} of {all.Count} were there");
            Expect(there.Quantile(0.5) < MaxMs, $"process {process}: p50 {there.Quantile(0.5):F2} ms");
            Expect(all.All(read => read.Status == 200), $"process {process}: {all.Count(read => read.Status != 200)} without a quote");
        }

        void Expect(bool isSo, string otherwise)
        {
            if (!isSo)
            {
                faults.Add(otherwise);
            }
        }
    }

    private static string Ticker(int number) => $"T{number + 1:0000}";
}
