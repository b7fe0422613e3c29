using System.Diagnostics;

namespace Quorum.Sharing;

/// <summary>An open loop: the next request is sent when it is due, without waiting for earlier answers.</summary>
internal static class Pace
{
    public static async Task<IReadOnlyList<Read>> RunAsync(double perSecond, Func<int, Task<Read>> ask, CancellationToken over)
    {
        var asked = new List<Task<Read>>();
        var start = Stopwatch.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            var due = TimeSpan.FromSeconds(asked.Count / perSecond) - Stopwatch.GetElapsedTime(start);
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            asked.Add(ask(asked.Count));
        }

        return await Task.WhenAll(asked);
    }
}
