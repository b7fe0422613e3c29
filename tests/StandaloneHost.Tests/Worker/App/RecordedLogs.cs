using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Quorum.StandaloneHost.Tests.Worker.App;

/// <summary>Keeps what an app logs.</summary>
internal sealed class RecordedLogs : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<Entry> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() { }

    public sealed record Entry(string Category, LogLevel Level, string Message, Exception? Exception, string Scopes);

    private sealed class Recorder(RecordedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logs._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var scopes = new List<string>();
            logs._scopes.ForEachScope(static (scope, all) => all.Add(scope?.ToString() ?? ""), scopes);
            logs.Entries.Enqueue(new Entry(category, logLevel, formatter(state, exception), exception, string.Join(" | ", scopes)));
        }
    }
}
