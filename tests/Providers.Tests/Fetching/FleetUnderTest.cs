using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Quorum.MarketData;
using Quorum.Testing;

namespace Quorum.Providers.Tests;

/// <summary>A fleet, put together as the app does it, with settings as the app reads them.</summary>
internal sealed class FleetUnderTest : IAsyncDisposable
{
    private readonly FakeLoggerProvider _log = new();
    private readonly ServiceProvider _services;

    /// <param name="settings">Below <c>Providers</c>: <c>("Finnhub:BaseAddress", "...")</c>.</param>
    public FleetUnderTest(TimeProvider? time, params (string Name, string? Value)[] settings)
        : this(time, ledger: null, settings) { }

    /// <param name="ledger"><see langword="null"/> for one of its own.</param>
    public FleetUnderTest(TimeProvider? time, IQuotaLedger? ledger, params (string Name, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("Providers:" + setting.Name, setting.Value)))
            .Build();
        var services = new ServiceCollection();
        if (ledger is not null)
        {
            services.AddSingleton(ledger);
        }

        _services = services
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton<ILateQuotes>(Late)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log))
            .AddProviders(configuration)
            .BuildServiceProvider();
        Fleet = _services.GetRequiredService<ProviderFleet>();
        Samples = _services.GetRequiredService<SampleCalls>();
    }

    public ProviderFleet Fleet { get; }

    public SampleCalls Samples { get; }

    public LateQuotes Late { get; } = new();

    public FakeLogCollector Log => _log.Collector;

    /// <summary>The records so far with their level and exception.</summary>
    public IEnumerable<string> LogLines => LinesOf(Log);

    public Task<FetchOutcome> FetchAsync(
        ProviderId provider,
        DateTimeOffset? deadline = null,
        CancellationToken cancellationToken = default
    ) => Fleet.FetchAsync(provider, Listings.Aapl(provider), deadline ?? DateTimeOffset.UtcNow.AddSeconds(60), cancellationToken);

    public static IEnumerable<string> LinesOf(FakeLogCollector log) =>
        log.GetSnapshot().Select(record => $"{record.Level}: {record.Message} {record.Exception}");

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
}
