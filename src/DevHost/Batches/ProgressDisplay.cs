using Spectre.Console;

namespace Quorum.DevHost.Batches;

/// <summary>
/// Shows the progress of a batch on standard error: a bar on a terminal, and a line at each tenth when the output is redirected.
/// </summary>
internal static class ProgressDisplay
{
    public static async Task<BatchState> FollowAsync(IAsyncEnumerable<BatchState> states)
    {
        if (Console.IsErrorRedirected)
        {
            return await FollowPlainlyAsync(states, Console.Error);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console
            .Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("Quotes");
                var last = default(BatchState);
                await foreach (var state in states)
                {
                    last = state;
                    task.MaxValue = state.Total;
                    task.Value = Ended(state);
                    task.Description = state.Failed == 0 ? $"{state.Done} quotes" : $"{state.Done} quotes, {state.Failed} without";
                }
                return last;
            });
    }

    internal static async Task<BatchState> FollowPlainlyAsync(IAsyncEnumerable<BatchState> states, TextWriter lines)
    {
        var last = default(BatchState);
        var told = 0;
        await foreach (var state in states)
        {
            last = state;
            var tenth = Ended(state) * 10 / state.Total;
            if (tenth > told)
            {
                told = tenth;
                await lines.WriteLineAsync($"{Ended(state)} of {state.Total}");
            }
        }
        return last;
    }

    private static int Ended(BatchState state) => state.Done + state.Failed + state.Cancelled;
}
