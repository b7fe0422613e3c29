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
        ResultFile.RequireWritable(arguments.Output); // before any request is sent
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
        using var client = new BatchClient(server, Say);
        var batches = new List<string>();
        foreach (var part in file.Symbols.Chunk(BatchClient.MaxSymbols))
        {
            batches.Add(await client.SendAsync(part, cancellationToken));
        }

        await ProgressDisplay.FollowAsync(StatesAsync(client, batches, cancellationToken));
        var items = await ItemsAsync(client, batches, file, cancellationToken);
        await new ResultFile(file, items).WriteAsync(arguments.Output, cancellationToken);

        var wanted = file.Lines.Count(line => line.Text.Length > 0);
        var quoted = file.Lines.Count(line =>
            items.TryGetValue(line.Text, out var item) && item.GetProperty("status").GetString() == "done"
        );
        Say(Summary(quoted, wanted, arguments.Output));
        return quoted == wanted ? ExitCode.Success : ExitCode.Incomplete;
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
        SymbolFile file,
        CancellationToken cancellationToken
    )
    {
        var items = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var bySymbol = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        foreach (var batch in batches)
        {
            await foreach (var item in client.ItemsAsync(batch, cancellationToken))
            {
                items[item.GetProperty("given").GetString() ?? ""] = item;
                if (item.GetProperty("symbol").GetString() is { } symbol)
                {
                    bySymbol[symbol] = item;
                }
            }
        }

        foreach (var text in file.Symbols)
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

    private static string Summary(int quoted, int wanted, string? output)
    {
        var where = output is null ? "" : $" Results: {output}";
        return quoted == wanted
            ? $"All {wanted} lines have a quote.{where}"
            : $"{quoted} of {wanted} lines have a quote; the column 'reason' gives the cause for the others.{where}";
    }

    private static void Say(string text) => Console.Error.WriteLine(text);
}
