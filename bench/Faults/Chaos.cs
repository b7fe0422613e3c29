using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using Quorum.Harness;
using Quorum.MarketData;

namespace Quorum.Faults;

/// <summary>
/// Restarts PostgreSQL and Azurite repeatedly under load, and checks that everything acknowledged is present afterwards, no answer was
/// wrong, and the app recovered by itself.
/// </summary>
internal sealed class Chaos(int minutes, Action<string> report)
{
    private const int Callers = 6;
    private const int MinQuietMs = 5_000,
        MaxQuietMs = 40_000,
        MaxAwayMs = 2_000;

    /// <summary>
    /// The time in which acknowledged work must finish after the last restart: five deliveries of a message, and the longest delay of an
    /// activity.
    /// </summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    public async Task<IReadOnlyList<Cell>> RunAsync(CancellationToken cancellationToken)
    {
        await using var database = await Database.StartAsync("faults", report, cancellationToken);
        await using var storage = await QueueStorage.StartAsync("faults", report, cancellationToken);
        await using var simulator = await Simulator.StartAsync(cancellationToken);
        await using var app = await AppProcess.StartAsync(
            database.ConnectionString,
            _ => simulator.Address,
            new Dictionary<string, string?> { ["AzureWebJobsStorage"] = storage.ConnectionString },
            AppLog.StartAnew(),
            cancellationToken
        );
        using var client = new QuoteClient(app.Address);
        using var batches = new PostedBatches(app.Address);
        await client.AskAsync(100, cancellationToken);

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(TimeSpan.FromMinutes(minutes));
        var answers = new ConcurrentBag<QuoteReply>();
        var load = Enumerable
            .Range(0, Callers)
            .Select(_ => CallAsync(client, answers, over.Token))
            .Append(batches.PostAsync(over.Token))
            .ToList();
        var restarts = await Task.WhenAll(
            RestartAsync("PostgreSQL", away => database.RestartAsync(away, CancellationToken.None), over.Token),
            RestartAsync("Azurite", away => storage.RestartAsync(away, CancellationToken.None), over.Token)
        );
        await Task.WhenAll(load);
        cancellationToken.ThrowIfCancellationRequested();

        report("waiting for acknowledged work");
        var quotes = Cell.Judge(
            "quotes",
            $"PostgreSQL restarted {restarts[0]} times",
            [.. answers],
            new Dictionary<string, ProviderFault>()
        );
        var durable = answers.Select(answer => answer.InstanceId).OfType<string>().Distinct().ToArray();
        return
        [
            quotes with
            {
                Outcome = $"{durable.Length} durable {quotes.Outcome}",
                Faults = [.. quotes.Faults, .. await FindFaultsAsync(database, answers, durable, cancellationToken)],
            },
            new Cell(
                "batches",
                $"Azurite restarted {restarts[1]} times",
                batches.Acknowledged,
                TimeSpan.Zero,
                string.Join(
                    ", ",
                    batches
                        .Statuses.OrderBy(pair => pair.Key)
                        .Select(pair => $"{pair.Value} × {pair.Key.ToString(CultureInfo.InvariantCulture)}")
                ),
                [
                    .. await batches.FindFaultsAsync(Timeout, cancellationToken),
                    .. batches.Unsaid > 0 ? [$"{batches.Unsaid} refused without Retry-After"] : (string[])[],
                ]
            ),
            await ServeAsBeforeAsync(app, client, cancellationToken),
        ];
    }

    private async Task<int> RestartAsync(string what, Func<TimeSpan, Task> restart, CancellationToken over)
    {
        for (var restarts = 0; ; restarts++)
        {
            await Task.Delay(Random.Shared.Next(MinQuietMs, MaxQuietMs), over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested)
            {
                return restarts;
            }

            report($"{what}: restart {restarts + 1}");
            await restart(TimeSpan.FromMilliseconds(Random.Shared.Next(MaxAwayMs)));
        }
    }

    private static async Task CallAsync(QuoteClient client, ConcurrentBag<QuoteReply> answers, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            answers.Add(await client.AskAsync(CancellationToken.None));
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static async Task<IReadOnlyList<string>> FindFaultsAsync(
        Database database,
        ConcurrentBag<QuoteReply> answers,
        string[] durable,
        CancellationToken cancellationToken
    )
    {
        var faults = new List<string>();
        if (
            answers.Count(answer => answer is { Status: 200, Body: not null } && answer.Body["symbol"]?.ToString() != answer.Ticker)
            is > 0
                and var wrong
        )
        {
            faults.Add($"{wrong} answers for another symbol");
        }

        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        if (
            await CountMissingAsync(
                source,
                "taskhub.instances where instance_id = given and status = 'Completed'",
                durable,
                cancellationToken
            )
            is > 0
                and var unfinished
        )
        {
            faults.Add($"{unfinished} acknowledged orchestrations did not finish");
        }

        string[] served =
        [
            .. answers
                .Where(answer => answer is { Status: 200, IsStandIn: false })
                .Select(answer => answer.InstanceId)
                .OfType<string>()
                .Distinct(),
        ];
        if (await CountMissingAsync(source, "quorum.quotes where id = given", served, cancellationToken) is > 0 and var unstored)
        {
            faults.Add($"{unstored} quotes that were answered are not in the history");
        }

        return faults;
    }

    /// <summary>Counts the ids without a row, waiting up to <see cref="Timeout"/> for them.</summary>
    /// <param name="row">The row that must exist for each id, <c>given</c>.</param>
    private static async Task<long> CountMissingAsync(
        NpgsqlDataSource source,
        string row,
        string[] ids,
        CancellationToken cancellationToken
    )
    {
        using var expiry = new CancellationTokenSource(Timeout);
        while (true)
        {
            await using var command = source.CreateCommand(
                $"select count(*) from unnest($1) as given where not exists (select from {row})"
            );
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = ids });
            var missing = (long)(await command.ExecuteScalarAsync(cancellationToken) ?? 0L);
            if (missing == 0 || expiry.IsCancellationRequested)
            {
                return missing;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    private static async Task<Cell> ServeAsBeforeAsync(AppProcess app, QuoteClient client, CancellationToken cancellationToken)
    {
        if (app.Exited.IsCompleted)
        {
            return new Cell("the app", "afterwards", 0, TimeSpan.Zero, "", ["the app has ended"]);
        }

        var answers = await client.AskAsync(40, cancellationToken);
        var cell = Cell.Judge("the app", "afterwards", answers, new Dictionary<string, ProviderFault>());
        var durable = answers.Count(answer =>
            answer is { Status: 200, InstanceId: not null } && ProviderId.All.All(provider => answer.IsWell(provider.ToString()))
        );
        return cell with
        {
            Outcome = $"{durable} durable and complete",
            Faults = durable >= answers.Count * 0.95 ? cell.Faults : [.. cell.Faults, "the app does not serve as before"],
        };
    }
}
