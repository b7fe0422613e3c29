using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quorum.Harness;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.CaseStudy.Variants;

/// <summary>
/// The variants that run in this process with the app's own adapters, storage and merge: no HTTP in front, nothing stored.
/// </summary>
internal sealed class DirectWork : IAsyncDisposable
{
    /// <summary>The deadline of the calls; long enough for every provider to answer, so that it does not affect the figures.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly IHost _host;
    private readonly ProviderFleet _fleet;
    private readonly QuoteStore _store;
    private readonly InstrumentCatalogue _catalogue;
    private readonly TimeProvider _time;

    private DirectWork(IHost host)
    {
        _host = host;
        _fleet = host.Services.GetRequiredService<ProviderFleet>();
        _store = host.Services.GetRequiredService<QuoteStore>();
        _catalogue = host.Services.GetRequiredService<InstrumentCatalogue>();
        _time = host.Services.GetRequiredService<TimeProvider>();
    }

    public Variant OneAfterAnother => new("one call after another", AskOneAfterAnotherAsync);

    public Variant FannedOut => new("fanned out with Task.WhenAll", AskAllAtOnceAsync);

    /// <summary>Migrates the database and loads the reference data, as the app does.</summary>
    public static async Task<DirectWork> StartAsync(string database, string simulator, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([
            .. SimulatedProviders.Settings(_ => simulator, separator: ":"),
            new("ConnectionStrings:Quorum", database),
        ]);
        builder.Services.AddStorage(builder.Configuration);
        builder.Services.AddProviders(builder.Configuration);
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new DirectWork(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync(); // the store has only DisposeAsync
    }

    private async Task<bool> AskOneAfterAnotherAsync(string ticker, CancellationToken cancellationToken)
    {
        var symbol = Symbol.Parse(ticker);
        var deadline = _time.GetUtcNow() + Timeout;
        var reference = await _store.LoadReferenceAsync(symbol, cancellationToken);
        var outcomes = new FetchOutcome[ProviderId.All.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = await FetchAsync(ProviderId.All[i], symbol, deadline, cancellationToken);
        }

        return Merge(symbol, reference, outcomes);
    }

    private async Task<bool> AskAllAtOnceAsync(string ticker, CancellationToken cancellationToken)
    {
        var symbol = Symbol.Parse(ticker);
        var deadline = _time.GetUtcNow() + Timeout;
        var reference = _store.LoadReferenceAsync(symbol, cancellationToken);
        var fetches = new Task<FetchOutcome>[ProviderId.All.Count];
        for (var i = 0; i < fetches.Length; i++)
        {
            fetches[i] = FetchAsync(ProviderId.All[i], symbol, deadline, cancellationToken);
        }

        var outcomes = await Task.WhenAll(fetches);
        return Merge(symbol, await reference, outcomes);
    }

    private Task<FetchOutcome> FetchAsync(ProviderId provider, Symbol symbol, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var listing = _catalogue.Knows(symbol) ? _catalogue.FindListing(symbol, provider) : _fleet.SpellingFor(symbol, provider);
        return _fleet.FetchAsync(provider, listing, deadline, cancellationToken);
    }

    private bool Merge(Symbol symbol, ReferenceData reference, FetchOutcome[] outcomes) =>
        QuoteMerger.Merge(symbol, reference, outcomes, _time.GetUtcNow()).Completeness == Completeness.Complete;
}
