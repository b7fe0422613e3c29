using System.Diagnostics;
using Npgsql;

namespace Quorum.HubKills;

/// <summary>A request of a caller that gets errors of PostgreSQL: it does not know what happened, and asks again.</summary>
internal static class RepeatedRequest
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs a request until it succeeds.</summary>
    /// <param name="request">Must be harmless to run twice.</param>
    /// <param name="limit">The time after which an error is thrown instead.</param>
    /// <param name="end">Ends the repetition, with the error, when it completes; <see langword="null"/> for never.</param>
    public static async Task RunAsync(Func<Task> request, TimeSpan limit, Task? end = null)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await request();
                return;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(begun) < limit && end is not { IsCompleted: true })
            {
                await Task.Delay(Pause);
            }
        }
    }
}
