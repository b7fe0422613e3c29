using System.Runtime.CompilerServices;

namespace Quorum.Testing;

/// <summary>Awaits tasks that must complete, with a deadline that is reached only on a failure.</summary>
public static class SignalTasks
{
    /// <summary>The default deadline; generous, since test machines are busy.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <exception cref="TimeoutException">The task did not complete within <paramref name="deadline"/>; the message names it.</exception>
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

    /// <exception cref="TimeoutException">The task did not complete within <paramref name="deadline"/>; the message names it.</exception>
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
