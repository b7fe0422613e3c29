using System.Collections.Concurrent;
using Npgsql;
using Quorum.Surroundings;

namespace Quorum.Faults;

/// <summary>PostgreSQL restarted again and again under load: what was acknowledged is there afterwards, no answer was wrong, the app needed no help.</summary>
internal sealed class Chaos(int minutes, Action<string> report)
{
    private const int Callers = 8;

    public async Task<IReadOnlyList<Cell>> RunAsync(CancellationToken cancellationToken)
    {
        await using var database = await Database.StartAsync("faults", report, cancellationToken);
        await using var simulator = await Simulator.StartAsync(cancellationToken);
        await using var app = await AppProcess.StartAsync(database.ConnectionString, simulator.Address, cancellationToken);
        using var asker = new Asker(app.Address);
        await asker.AskAsync(100, cancellationToken);

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(TimeSpan.FromMinutes(minutes));
        var answers = new ConcurrentBag<Asked>();
        var callers = Enumerable.Range(0, Callers).Select(_ => CallAsync()).ToList();
        var restarts = 0;
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(Random.Shared.Next(5, 41)), over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!over.IsCancellationRequested)
            {
                report($"restart {++restarts}, {answers.Count} answers");
                await database.RestartAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(0, 2000)), CancellationToken.None);
            }
        }

        await Task.WhenAll(callers);
        cancellationToken.ThrowIfCancellationRequested();
        var cell = Cell.Judge("postgresql", $"{restarts} restarts", [.. answers], new Dictionary<string, string[]>(), []);
        var faults = cell.Faults.ToList();
        var lost = await CountLostAsync(database, [.. answers.Select(answer => answer.InstanceId).OfType<string>().Distinct()], cancellationToken);
        if (lost > 0)
        {
            faults.Add($"{lost} acknowledged orchestrations did not finish");
        }

        if (answers.Any(answer => answer is { Status: 200, Body: not null } && answer.Body["symbol"]?.ToString() != answer.Ticker))
        {
            faults.Add("answers for another symbol");
        }

        if (app.Exited.IsCompleted || (await asker.AskAsync(20, cancellationToken)).Any(answer => answer is not { Status: 200, InstanceId: not null }))
        {
            faults.Add("the app does not serve as before");
        }

        return [cell with { Outcome = $"{answers.Count} answers, {answers.Count(answer => answer.InstanceId is not null)} durable", Faults = faults }];

        async Task CallAsync()
        {
            while (!over.IsCancellationRequested)
            {
                answers.Add(await asker.AskAsync(CancellationToken.None));
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private static async Task<long> CountLostAsync(Database database, string[] instances, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        for (var attempt = 0; ; attempt++)
        {
            await using var command = source.CreateCommand(
                "select count(*) from unnest($1) as id where not exists (select from taskhub.instances where instance_id = id and status = 'Completed')");
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = instances });
            var lost = (long)(await command.ExecuteScalarAsync(cancellationToken) ?? 0L);
            if (lost == 0 || attempt == 60)
            {
                return lost;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }
}
