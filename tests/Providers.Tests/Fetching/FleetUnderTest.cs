using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quorum.MarketData;
using Quorum.Testing;

namespace Quorum.Providers.Tests;

/// <summary>A fleet, put together as the app does it, with settings as the app reads them.</summary>
internal sealed class FleetUnderTest : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    /// <param name="settings">Below <c>Providers</c>: <c>("Finnhub:BaseAddress", "...")</c>.</param>
    public FleetUnderTest(TimeProvider? time, params (string Name, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("Providers:" + setting.Name, setting.Value)))
            .Build();
        _services = new ServiceCollection()
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton<ILateQuotes>(Late)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log))
            .AddProviders(configuration)
            .BuildServiceProvider();
        Fleet = _services.GetRequiredService<ProviderFleet>();
    }

    public ProviderFleet Fleet { get; }

    public LateQuotes Late { get; } = new();

    public CollectedLog Log { get; } = new();

    public Task<FetchOutcome> FetchAsync(
        ProviderId provider,
        DateTimeOffset? deadline = null,
        CancellationToken cancellationToken = default
    ) => Fleet.FetchAsync(provider, Listings.Aapl(provider), deadline ?? DateTimeOffset.UtcNow.AddSeconds(60), cancellationToken);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    internal sealed class LateQuotes : ILateQuotes
    {
        private readonly Channel<(ProviderListing Listing, ProviderQuote Quote)> _kept = Channel.CreateUnbounded<(
            ProviderListing,
            ProviderQuote
        )>();

        public Exception? Failure { get; set; }

        public bool IsEmpty => _kept.Reader.Count == 0;

        /// <summary>Waits for the next late quote, in their order.</summary>
        public Task<(ProviderListing Listing, ProviderQuote Quote)> NextAsync() =>
            _kept.Reader.ReadAsync().AsTask().WithinAsync(what: "a late quote");

        public Task KeepAsync(ProviderListing listing, ProviderQuote quote, CancellationToken cancellationToken)
        {
            _kept.Writer.TryWrite((listing, quote));
            return Failure is null ? Task.CompletedTask : Task.FromException(Failure);
        }
    }

    internal sealed class CollectedLog : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<string> Lines { get; } = [];

        public Task FirstAsync() => _first.Task.WithinAsync(what: "a line is logged");

        public ILogger CreateLogger(string categoryName) => this;

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
            Lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
            _first.TrySetResult();
        }

        public void Dispose() { }
    }
}
