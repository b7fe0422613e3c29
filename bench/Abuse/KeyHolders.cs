using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Quorum.Harness;

namespace Quorum.Abuse;

/// <summary>Callers with a key who ask for what does not exist.</summary>
internal sealed class KeyHolders(AppProcess app, Simulator simulator, Database database, string key) : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = new Uri(app.Address, "api/"),
        DefaultRequestHeaders = { { "x-functions-key", key } },
    };

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(database.ConnectionString);

    /// <summary>A hundred batches of a thousand items, none of which is a symbol.</summary>
    public async Task<Finding> PostGarbageAsync(CancellationToken cancellationToken)
    {
        const int Batches = 100;
        const int Items = 1_000;
        for (var batch = 0; batch < Batches; batch++)
        {
            var symbols = Enumerable.Range(0, Items).Select(item => $"!{batch}-{item}").ToArray();
            using var answer = await _http.PostAsJsonAsync(new Uri("batches", UriKind.Relative), new { symbols }, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.BadRequest)
            {
                BenchProgram.Report($"A batch of garbage was answered with {(int)answer.StatusCode}.");
            }
        }

        var rows = await CountAsync(
            "select (select count(*) from quorum.batches) + (select count(*) from quorum.batch_items)",
            cancellationToken
        );
        return new Finding($"{Batches} batches of {Items:N0} items that are no symbols", rows, "rows", 0);
    }

    /// <summary>Four hundred symbols that no provider knows.</summary>
    public async Task<IReadOnlyList<Finding>> AskForUnknownSymbolsAsync(CancellationToken cancellationToken)
    {
        const int Symbols = 400;
        const int AtOnce = 4;
        var calls = await CallsAsync(cancellationToken);
        await Parallel.ForAsync(
            0,
            Symbols,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (number, stop) =>
            {
                using var answer = await _http.GetAsync(new Uri($"quotes/ZZQ{number}?maxAge=0&budget=2000", UriKind.Relative), stop);
            }
        );
        var abuse = $"{Symbols} symbols that no provider knows, {AtOnce} at once";
        return
        [
            new Finding(abuse, await CallsAsync(cancellationToken) - calls, "provider calls", 120 + (AtOnce * 6)),
            new Finding(abuse, await CountAsync("select count(*) from quorum.quotes", cancellationToken), "rows of quotes", 0),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _source.DisposeAsync();
    }

    private async Task<long> CallsAsync(CancellationToken cancellationToken)
    {
        var calls = await _http.GetFromJsonAsync<JsonObject>(new Uri(simulator.Address + "/admin/calls"), cancellationToken);
        return calls!["total"]!.GetValue<long>();
    }

    private async Task<long> CountAsync(string query, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(query);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
