using System.Runtime.CompilerServices;

namespace Quorum.Testing;

/// <summary>Awaiting what must happen, with a deadline that only a fault reaches.</summary>
public static class SignalTasks
{
    /// <summary>Generous: machines that run tests are busy.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <exception cref="TimeoutException">It did not complete within <paramref name="deadline"/>; the message names it.</exception>
    public static async Task WithinAsync(
        this Task signal,
        TimeSpan? deadline = null,
        [CallerArgumentExpression(nameof(signal))] string what = ""
    )
    {
        try
        {
            await signal.WaitAsync(deadline ?? Deadline);
        }
        catch (TimeoutException exception) when (!signal.IsCompleted)
        {
            throw new TimeoutException($"Never completed: {what}", exception);
        }
    }

    /// <exception cref="TimeoutException">It did not complete within <paramref name="deadline"/>; the message names it.</exception>
    public static async Task<T> WithinAsync<T>(
        this Task<T> signal,
        TimeSpan? deadline = null,
        [CallerArgumentExpression(nameof(signal))] string what = ""
    )
    {
        await WithinAsync((Task)signal, deadline, what);
        return await signal;
    }
}
