using System.Runtime.CompilerServices;
using System.Text.Json;
using Quorum.DevHost.App;
using Quorum.DevHost.Batches;
using Quorum.DevHost.CommandLine;
using Quorum.LocalServices;

namespace Quorum.DevHost.Commands;

/// <param name="File">The user's file.</param>
/// <param name="Column">The column of its symbols; <see langword="null"/> to find it.</param>
/// <param name="Output">The result file; <see langword="null"/> for standard output.</param>
/// <param name="Server">The instance to use; <see langword="null"/> to start one.</param>
internal sealed record BatchArguments(string File, string? Column, string? Output, RunningServer? Server);

/// <summary><c>batch FILE</c>: gets a quote for every line of a file and writes them beside the file's own columns.</summary>
internal static class BatchCommand
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    public static async Task<int> RunAsync(BatchArguments arguments, StackOptions options, CancellationToken cancellationToken)
    {
        var file = await SymbolFile.ReadAsync(arguments.File, arguments.Column, cancellationToken);
        ResultFile.RequireWritable(arguments.Output, arguments.File); // before any request is sent
        Say(file.Choice);
        if (arguments.Server is { } running)
        {
            return await RunAsync(arguments, file, running, cancellationToken);
        }

        await using var stack = await LocalStack.StartAsync(
            new LocalStackRequest(FreePort.Find(), options, "batch", ThrowawayData: true),
            Say,
            cancellationToken
        );
        return await RunAsync(arguments, file, new RunningServer(new Uri(stack.Address), Key: null), cancellationToken);
    }

    private static async Task<int> RunAsync(
        BatchArguments arguments,
        SymbolFile file,
        RunningServer server,
        CancellationToken cancellationToken
    )
    {
        using var client = new BatchClient(server, Say, TimeProvider.System);
        var found = await QuotesAsync(client, [.. file.Symbols], cancellationToken);
        var tickers = new BatchItems(found).TickersToSend(file).ToList();
        if (tickers.Count > 0)
        {
            Say($"The app does not know some ISINs; it is asked for the tickers of their lines ({tickers.Count}).");
            foreach (var (text, item) in await QuotesAsync(client, tickers, cancellationToken))
            {
                found[text] = item;
            }
        }

        var items = new BatchItems(found);
        await new ResultFile(file, items).WriteAsync(arguments.Output, cancellationToken);

        var summary = BatchSummary.Of(file, items);
        foreach (var line in summary.Lines(arguments.Output))
        {
            Say(line);
        }

        return summary.IsComplete ? ExitCode.Success : ExitCode.Incomplete;
    }

    /// <summary>Sends texts, waits for their quotes, and returns the item of each text.</summary>
    private static async Task<Dictionary<string, JsonElement>> QuotesAsync(
        BatchClient client,
        IReadOnlyList<string> symbols,
        CancellationToken cancellationToken
    )
    {
        var batches = new List<string>();
        foreach (var part in symbols.Chunk(BatchClient.MaxSymbols))
        {
            batches.Add(await client.SendAsync(part, cancellationToken));
        }

        await ProgressDisplay.FollowAsync(StatesAsync(client, batches, cancellationToken));
        return await ItemsAsync(client, batches, symbols, cancellationToken);
    }

    private static async IAsyncEnumerable<BatchState> StatesAsync(
        BatchClient client,
        IReadOnlyList<string> batches,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var state = new BatchState(0, 0, 0, 0, IsFinished: true);
            foreach (var batch in batches)
            {
                state += await client.GetStateAsync(batch, cancellationToken);
            }

            yield return state;
            if (state.IsFinished)
            {
                yield break;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>
    /// Returns the item for each text of the file. A batch has one item per instrument, however often and in whichever spelling the file
    /// has it.
    /// </summary>
    private static async Task<Dictionary<string, JsonElement>> ItemsAsync(
        BatchClient client,
        IReadOnlyList<string> batches,
        IReadOnlyList<string> symbols,
        CancellationToken cancellationToken
    )
    {
        var items = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var bySymbol = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        foreach (var batch in batches)
        {
            await foreach (var item in client.ItemsAsync(batch, cancellationToken))
            {
                items[BatchItems.Text(item, "given")] = item;
                if (BatchItems.Text(item, "symbol") is { Length: > 0 } symbol)
                {
                    bySymbol[symbol] = item;
                }
            }
        }

        foreach (var text in symbols)
        {
            if (
                !items.ContainsKey(text)
                && (
                    bySymbol.TryGetValue(text, out var item)
                    || (await client.FindSymbolAsync(text, cancellationToken) is { } symbol && bySymbol.TryGetValue(symbol, out item))
                )
            )
            {
                items[text] = item;
            }
        }

        return items;
    }

    private static void Say(string text) => Console.Error.WriteLine(text);
}
