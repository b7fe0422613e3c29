using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Quorum.DurableTask.Contract.Tests.Engines;

/// <summary>Keeps the messages that orchestrators and activities log, by category.</summary>
public sealed class RecordedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, string Message)> _messages = new();

    /// <summary>Gets the messages of one category, in order.</summary>
    public IReadOnlyList<string> MessagesOf(string category) =>
        [.. _messages.Where(entry => entry.Category == category).Select(entry => entry.Message)];

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    public void Dispose() { }

    private sealed class Recorder(RecordedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => log._messages.Enqueue((category, formatter(state, exception)));
    }
}
