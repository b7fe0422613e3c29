using System.Runtime.CompilerServices;
using System.Text;
using Quorum.DevHost.App;
using Quorum.DevHost.Batches;
using Quorum.DevHost.CommandLine;
using Quorum.LocalServices;

namespace Quorum.DevHost.Commands;

/// <summary><c>batch FILE</c>: starts everything on free ports, has the symbols of a CSV file worked on as batches, writes the results and stops
/// everything.</summary>
internal static class BatchCommand
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    public static async Task<int> RunAsync(DevHostArguments arguments, CancellationToken cancellationToken)
    {
        var symbols = await SymbolFile.ReadAsync(arguments.File, cancellationToken);
        await using var output = Open(arguments.Output); // before anything is asked for it
        await using var stack = await LocalStack.StartAsync(
            FreePort.Find(), arguments.DataFolder, throwawayData: true, withQueues: true, Say, cancellationToken);
        using var client = new BatchClient(stack.Address);
        try
        {
            var batches = new List<string>();
            foreach (var part in symbols.Chunk(BatchClient.MostSymbols))
                batches.Add(await client.SendAsync(part, cancellationToken));
            var end = await ProgressDisplay.FollowAsync(StatesAsync(client, batches, cancellationToken));
            await WriteAsync(client, batches, new ResultWriter(output, IsJson(arguments.Output)), cancellationToken);
            Say(Summary(end, arguments.Output));
            return end.Done == end.Total ? ExitCode.Success : ExitCode.Incomplete;
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new LocalServiceException($"The app gave no answer: {exception.Message} Logs: {stack.Logs}", exception);
        }
    }

    private static StreamWriter Open(string? path)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        try
        {
            return path is null ? new StreamWriter(Console.OpenStandardOutput(), utf8) : new StreamWriter(path, append: false, utf8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LocalServiceException($"{path} cannot be written: {exception.Message}", exception);
        }
    }

    private static bool IsJson(string? path) => path?.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) == true;

    private static async IAsyncEnumerable<BatchState> StatesAsync(
        BatchClient client, IReadOnlyList<string> batches, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = new BatchState(0, 0, 0, 0, IsFinished: true);
            foreach (var batch in batches)
                state += await client.LookAsync(batch, cancellationToken);
            yield return state;
            if (state.IsFinished)
                yield break;
            await Task.Delay(LookAgain, cancellationToken);
        }
    }

    private static async Task WriteAsync(BatchClient client, IReadOnlyList<string> batches, ResultWriter writer, CancellationToken cancellationToken)
    {
        await writer.WriteHeaderAsync();
        foreach (var batch in batches)
        {
            await foreach (var item in client.ItemsAsync(batch, cancellationToken))
                await writer.WriteAsync(item);
        }
    }

    private static string Summary(BatchState end, string? output)
    {
        var where = output is null ? "" : $" Results: {output}";
        return end.Done == end.Total
            ? $"All {end.Total} symbols have a quote.{where}"
            : $"{end.Done} of {end.Total} symbols have a quote; the column 'reason' says why the others have none.{where}";
    }

    private static void Say(string text) => Console.Error.WriteLine(text);
}
