using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>All providers, ready to be asked.</summary>
public sealed class ProviderFleet : IAsyncDisposable, IDisposable
{
    private readonly FrozenDictionary<ProviderId, FleetMember> _members;
    private readonly ProviderTelemetry _telemetry;
    private readonly TimeProvider _time;

    internal ProviderFleet(
        IOptionsMonitor<ProviderOptions> options,
        IQuotaLedger ledger,
        ILateQuotes? lateQuotes,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        var logger = loggers.CreateLogger<ProviderFleet>();
        _telemetry = new ProviderTelemetry();
        var services = new ClientServices(ledger, lateQuotes, _telemetry);
        _time = time;
        _members = ProviderRegistration.All.ToFrozenDictionary(
            registration => registration.Id,
            registration =>
            {
                var settings = new ProviderSettings(registration, options.Get(registration.Id.SettingsName));
                var adapter = registration.Create(settings);
                var client = settings.IsEnabled ? new ProviderClient(registration.Id, adapter, settings, services, time, logger) : null;
                return new FleetMember(
                    adapter,
                    client,
                    new UnknownSymbols(registration.Id, settings.Options.UnknownSymbolLifetime, time),
                    settings.Plan,
                    settings.Options.Simulated
                );
            }
        );
        _telemetry.Observe(() => FleetMeasurements.BreakerStates(_members), () => FleetMeasurements.QuotasLeft(_members));
    }

    /// <summary>Returns true if the provider is enabled.</summary>
    public bool IsEnabled(ProviderId provider) => _members.TryGetValue(provider, out var member) && member.Client is not null;

    /// <summary>True if a simulator stands for the provider: its quotes are marked as simulated.</summary>
    public bool IsSimulated(ProviderId provider) => _members.TryGetValue(provider, out var member) && member.IsSimulated;

    /// <summary>The best freshness that the provider's plan gives for a listing.</summary>
    public QuoteFreshness BestFreshness(ProviderListing listing) => _members[listing.Provider].Adapter.BestFreshness(listing);

    /// <summary>Returns the providers, first those that lately took longest to answer.</summary>
    public IEnumerable<ProviderId> SlowestFirst(IEnumerable<ProviderId> providers) =>
        providers.OrderByDescending(provider => _members.GetValueOrDefault(provider)?.Client?.Statistics.AverageMs ?? 0);

    /// <summary>Returns the maximum number of listings in one request to the provider; 1 where each needs its own.</summary>
    public int LargestRequest(ProviderId provider) => BatchAdapterOf(provider)?.MaxBatch ?? 1;

    /// <summary>Returns the minimum number of permits of the provider's quota for a number of listings.</summary>
    public int PermitsFor(ProviderId provider, int listings) =>
        BatchAdapterOf(provider) is { } batches && batches.CountCalls(batches.MaxBatch) < batches.MaxBatch
            ? (int)Math.Ceiling(listings / (double)batches.MaxBatch)
            : listings;

    /// <summary>
    /// Returns the provider's probable listing of an instrument that the reference data lack: a US ticker in its spelling, or by the rule
    /// for the symbol's venue. <see langword="null"/> when it does not list the venue.
    /// </summary>
    /// <remarks>
    /// The unit is left to the answer and the venue (N19): where a venue quotes in pence and pounds, a guess can be wrong by a factor of a
    /// hundred.
    /// </remarks>
    public ProviderListing? SpellingFor(Symbol symbol, ProviderId provider)
    {
        if (!_members.ContainsKey(provider) || ProviderSpelling.Of(provider, symbol) is not { } spelling)
        {
            return null;
        }

        CurrencyCode? currency =
            CurrencyPair.Of(symbol) is { } pair ? pair.Quote
            : UsVenues.Lists(symbol) ? CurrencyCode.Usd
            : null;
        return new ProviderListing
        {
            Provider = provider,
            Symbol = symbol,
            ProviderSymbol = spelling,
            IsByRule = true,
            Unit = currency?.ToString(),
            Venue = symbol.Venue,
            Currency = currency,
        };
    }

    /// <summary>
    /// Fetches the current quote of one instrument from one provider, for a waiting caller (<see cref="CallPurpose.Interactive"/>).
    /// </summary>
    public Task<FetchOutcome> FetchAsync(
        ProviderId provider,
        ProviderListing? listing,
        DateTimeOffset deadline,
        CancellationToken cancellationToken,
        IFetchObserver? observer = null
    ) => FetchAsync(provider, listing, deadline, CallPurpose.Interactive, cancellationToken, observer);

    /// <summary>Fetches the current quote of one instrument from one provider.</summary>
    /// <param name="provider">The provider to call.</param>
    /// <param name="listing">The provider's listing of the instrument; <see langword="null"/> when it has none.</param>
    /// <param name="deadline">
    /// The time at which the caller needs the outcome. A call that has not ended by then is reported as timed out, or as the outcome of its
    /// last attempt, and continues in the background; its answer goes to <see cref="ILateQuotes"/>.
    /// </param>
    /// <param name="purpose">
    /// The purpose of the call: one that is not interactive leaves the interactive reserve of the quota alone.
    /// </param>
    /// <param name="cancellationToken">Cancels the call; it does not continue in the background.</param>
    /// <param name="observer">Observes the call's steps; <see langword="null"/> for none.</param>
    /// <returns>The outcome of the call, for any behaviour of the provider.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<FetchOutcome> FetchAsync(
        ProviderId provider,
        ProviderListing? listing,
        DateTimeOffset deadline,
        CallPurpose purpose,
        CancellationToken cancellationToken,
        IFetchObserver? observer = null
    )
    {
        if (OutcomeUnasked(provider, listing) is { } outcome)
        {
            return Task.FromResult(outcome);
        }

        var member = _members[provider];
        return Remembered(provider, member, listing!) is { } remembered
            ? Task.FromResult(remembered)
            : FetchAndNoteAsync(member, listing!, deadline, purpose, observer, cancellationToken);
    }

    /// <summary>
    /// Returns the outcome of a fetch from a provider that is not called because it is disabled or does not list the instrument;
    /// <see langword="null"/> when it is called.
    /// </summary>
    public FetchOutcome? OutcomeUnasked(ProviderId provider, ProviderListing? listing) =>
        !IsEnabled(provider) ? new FetchOutcome { Provider = provider, Status = FetchStatus.Disabled }
        : listing is null ? new FetchOutcome { Provider = provider, Status = FetchStatus.NotCovered }
        : null;

    /// <summary>True if the provider has to be called for its outcome: it lists the instrument and may know it.</summary>
    public bool NeedsCall(ProviderId provider, ProviderListing? listing) =>
        OutcomeUnasked(provider, listing) is null && _members[provider].Unknown.Find(listing!) is null; // it has a listing if it is asked

    /// <summary>
    /// As <see cref="OutcomeUnasked"/>, and also when the provider did not know the instrument a short while ago.
    /// </summary>
    public FetchOutcome? OutcomeWithoutCall(ProviderId provider, ProviderListing? listing) =>
        OutcomeUnasked(provider, listing) ?? Remembered(provider, _members[provider], listing!); // a provider without a listing is not asked

    /// <summary>
    /// Fetches the current quotes of many instruments from one provider: by its batch endpoint where it has one, else one by one, a few at
    /// a time.
    /// </summary>
    /// <param name="provider">The provider to call.</param>
    /// <param name="listings">The provider's listings of the instruments, without duplicates.</param>
    /// <param name="deadline">As for one instrument, for all of them.</param>
    /// <param name="purpose">The purpose of the calls.</param>
    /// <param name="cancellationToken">Cancels the calls; none continues in the background.</param>
    /// <returns>One outcome for each listing, in their order, for any behaviour of the provider.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<IReadOnlyList<FetchOutcome>> FetchManyAsync(
        ProviderId provider,
        IReadOnlyList<ProviderListing> listings,
        DateTimeOffset deadline,
        CallPurpose purpose,
        CancellationToken cancellationToken
    )
    {
        if (!_members.TryGetValue(provider, out var member) || member.Client is not { } client)
        {
            return [.. listings.Select(_ => new FetchOutcome { Provider = provider, Status = FetchStatus.Disabled })];
        }

        var outcomes = listings.Select(listing => Remembered(provider, member, listing)).ToArray();
        var asked = listings.Where((_, place) => outcomes[place] is null).ToList();
        var answers = asked.Count == 0 ? [] : await client.FetchManyAsync(asked, deadline, purpose, cancellationToken);
        for (var (place, answer) = (0, 0); place < outcomes.Length; place++)
        {
            if (outcomes[place] is null)
            {
                member.Unknown.Note(asked[answer], answers[answer]);
                outcomes[place] = answers[answer++];
            }
        }

        return outcomes!; // each has its outcome now
    }

    /// <summary>
    /// Returns the remaining quota of a provider over all processes, for planners: the calls that a purpose may make, and the time of more.
    /// Reads the ledger if the last reading is older than a second; returns the last reading if the ledger does not answer.
    /// </summary>
    public ValueTask<ProviderQuota> QuotaForAsync(ProviderId provider, CancellationToken cancellationToken) =>
        _members.TryGetValue(provider, out var member) && member.Client is { } client
            ? client.Quota.ReadAsync(cancellationToken)
            : new ValueTask<ProviderQuota>(new ProviderQuota { Provider = provider, Windows = [] });

    /// <summary>Opens a connection to a provider that is enabled. No quota is used, no key is sent, and a failure is left for the first
    /// call to report.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task ConnectAsync(ProviderId provider, CancellationToken cancellationToken) =>
        _members.TryGetValue(provider, out var member) && member.Client is { } client
            ? client.ConnectAsync(cancellationToken)
            : Task.CompletedTask;

    /// <summary>Returns the status of a provider. Its quota is read from the ledger if the last reading is older than a second.</summary>
    /// <exception cref="ArgumentException">There is no such provider.</exception>
    public async ValueTask<ProviderStatus> StatusAsync(ProviderId provider, CancellationToken cancellationToken)
    {
        if (!_members.TryGetValue(provider, out var member))
        {
            throw new ArgumentException($"There is no provider '{provider}'.", nameof(provider));
        }

        return member.StatusOf(provider, await QuotaForAsync(provider, cancellationToken));
    }

    /// <summary>Returns the last minutes of a provider, as this process saw them.</summary>
    /// <param name="length">The length of the period, at most <see cref="ProviderTimeline.MaxLength"/>.</param>
    /// <exception cref="ArgumentException">There is no such provider.</exception>
    public ProviderTimeline TimelineOf(ProviderId provider, TimeSpan length) =>
        _members.TryGetValue(provider, out var member)
            ? (member.Client?.Statistics.Timeline ?? new CallTimeline(_time)).Read(
                length < ProviderTimeline.MaxLength ? length : ProviderTimeline.MaxLength
            )
            : throw new ArgumentException($"There is no provider '{provider}'.", nameof(provider));

    /// <summary>Ends what goes on in the background, and gives leased permits back.</summary>
    public async ValueTask DisposeAsync()
    {
        _telemetry.Dispose();
        foreach (var member in _members.Values)
        {
            member.Unknown.Dispose();
        }

        await Task.WhenAll(_members.Values.Select(member => member.Client?.DisposeAsync().AsTask() ?? Task.CompletedTask));
    }

    /// <summary>As <see cref="DisposeAsync"/>, without waiting for the ledger.</summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    private static async Task<FetchOutcome> FetchAndNoteAsync(
        FleetMember member,
        ProviderListing listing,
        DateTimeOffset deadline,
        CallPurpose purpose,
        IFetchObserver? observer,
        CancellationToken cancellationToken
    )
    {
        var outcome = await member.Client!.FetchAsync(listing, deadline, purpose, cancellationToken, observer); // an enabled member has one
        member.Unknown.Note(listing, outcome);
        return outcome;
    }

    /// <summary>The outcome for a symbol that the provider lately did not know; <see langword="null"/> when it is to be asked.</summary>
    private FetchOutcome? Remembered(ProviderId provider, FleetMember member, ProviderListing listing)
    {
        var outcome = member.Unknown.Find(listing);
        if (outcome is not null)
        {
            member.Client?.Statistics.Count(outcome.Status);
            _telemetry.NoteFetch(provider, outcome.Status);
            _telemetry.NoteRemembered(provider);
        }

        return outcome;
    }

    /// <summary><see langword="null"/> when each listing needs a request of its own.</summary>
    private IBatchAdapter? BatchAdapterOf(ProviderId provider) =>
        _members.TryGetValue(provider, out var member) && member.Adapter is IBatchAdapter { MaxBatch: > 1 } batches ? batches : null;
}
