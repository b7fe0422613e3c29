using Microsoft.Extensions.Logging;

namespace Quorum.Storage.Tests;

/// <summary>A log that completes with its first event, and counts all.</summary>
internal sealed class FirstEvent<T> : ILogger<T>
{
    private readonly TaskCompletionSource<(int Id, string Message)> _event = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _count;

    public Task<(int Id, string Message)> Event => _event.Task;

    /// <summary>The number of events so far.</summary>
    public int Count => Volatile.Read(ref _count);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        Interlocked.Increment(ref _count);
        _event.TrySetResult((eventId.Id, formatter(state, exception)));
    }
}
