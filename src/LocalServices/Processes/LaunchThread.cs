using System.Collections.Concurrent;

namespace Quorum.LocalServices.Processes;

/// <summary>Starts all child processes from one thread that lives as long as this process.</summary>
/// <remarks>
/// Linux takes the end of the <em>thread</em> that started a child for its parent's death (prctl(2), PR_SET_PDEATHSIG), and threads of the
/// pool end at any time.
/// </remarks>
internal static class LaunchThread
{
    private static readonly BlockingCollection<Action> Launches = Open();

    public static Task<T> RunAsync<T>(Func<T> launch)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Launches.Add(() =>
        {
            try
            {
                done.SetResult(launch());
            }
            catch (Exception exception) // the caller's, not the thread's
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    private static BlockingCollection<Action> Open()
    {
        var launches = new BlockingCollection<Action>();
        var thread = new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "child processes" };
        thread.Start(launches);
        return launches;

        static void Run(object? state)
        {
            foreach (var launch in ((BlockingCollection<Action>)state!).GetConsumingEnumerable()) // assigned above
            {
                launch();
            }
        }
    }
}
