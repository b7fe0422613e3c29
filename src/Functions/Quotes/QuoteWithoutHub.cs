using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.MarketData;
using Quorum.Providers;

namespace Quorum.Functions.Quotes;

/// <summary>
/// Runs the recipe of <see cref="AggregateQuote"/> in this process's memory while the task hub is unavailable: an answer that is not
/// durable is better than none. Identical requests share one run, as they share a flight. While it is in use, one orchestration that calls
/// no provider tests if the hub is available again.
/// </summary>
public sealed partial class QuoteWithoutHub(
    ProviderFleet fleet,
    ProviderListings listings,
    LoadReference reference,
    QuoteCache cache,
    ClaimedFetches claims,
    HubHealth hub,
    TimeProvider time,
    IOptions<QuoteOptions> options,
    ILogger<QuoteWithoutHub> logger
)
{
    private static readonly Symbol Trial = Symbol.Parse("TRIAL:XXXX");

    private static readonly TimeSpan TrialInterval = TimeSpan.FromMilliseconds(500);

    private readonly TimeSpan _mergeReserve = TimeSpan.FromMilliseconds(options.Value.AnswerReserveMs);
    private readonly MergeOptions? _merge = options.Value.Merge;
    private readonly Lock _gate = new();
    private readonly Dictionary<FlightKey, TaskCompletionSource<ConsolidatedQuote>> _running = [];
    private int _trialRuns;

    /// <summary>Calls the providers, and PostgreSQL as far as it answers. Never fails because of any of them.</summary>
    /// <param name="remaining">The rest of the request's budget.</param>
    /// <param name="flight">
    /// The flight of an orchestration that may still start: each provider is called once for both. <see langword="null"/> for none.
    /// </param>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public async Task<ConsolidatedQuote> AskAsync(
        QuoteRequest request,
        TimeSpan remaining,
        QuoteFlight? flight,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (hub.IsAway && Interlocked.Exchange(ref _trialRuns, 1) == 0)
        {
            _ = TryHubAsync(durable);
        }

        var key = request.FlightKey;
        TaskCompletionSource<ConsolidatedQuote>? run,
            own = null;
        lock (_gate)
        {
            if (!_running.TryGetValue(key, out run))
            {
                _running.Add(key, run = own = new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
        }

        if (own is not null)
        {
            _ = RunAsync(key, own, request, flight, time.GetUtcNow() + remaining - _mergeReserve);
        }

        return await run.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Has no cancellation: callers that joined depend on it.</summary>
    private async Task RunAsync(
        FlightKey key,
        TaskCompletionSource<ConsolidatedQuote> run,
        QuoteRequest request,
        QuoteFlight? flight,
        DateTimeOffset deadline
    )
    {
        try
        {
            run.SetResult(await MakeAsync(request, flight, deadline));
        }
        catch (Exception exception) // waiting callers get the exception
        {
            run.SetException(exception);
        }

        lock (_gate)
        {
            _running.Remove(key);
        }
    }

    private async Task<ConsolidatedQuote> MakeAsync(QuoteRequest request, QuoteFlight? flight, DateTimeOffset deadline)
    {
        var known = reference.RunAsync(new LoadReferenceInput(request.Symbol, deadline), CancellationToken.None);
        var providers = request.Providers.ToList();
        var claim = flight is null ? null : claims.Take(flight.InstanceId, providers, deadline);
        var outcomes = await Task.WhenAll(
            providers.Select(provider =>
                flight?.FetchAsync(provider, () => claim!.FetchAsync(provider, () => FetchAsync(provider))) ?? FetchAsync(provider)
            )
        );
        var now = time.GetUtcNow();
        var quote = QuoteMerger.Merge(request.Symbol, await known, outcomes, now, _merge);
        cache.Keep(Publication.Of(quote, "", now, request.Providers), request.Providers);
        return quote;

        Task<FetchOutcome> FetchAsync(ProviderId provider) =>
            fleet.FetchAsync(provider, listings.Find(request.Symbol, provider), deadline, CancellationToken.None, flight?.Trace);
    }

    /// <summary>Until the hub takes an orchestration: its deadline has passed, so that it calls no provider and publishes
    /// nothing.</summary>
    private async Task TryHubAsync(DurableTaskClient durable)
    {
        LogAway();
        var away = time.GetTimestamp();
        do
        {
            hub.Begin();
            try
            {
                var input = new AggregateQuoteInput
                {
                    Symbol = Trial,
                    Providers = [],
                    Deadline = time.GetUtcNow(),
                };
                var instanceId = await durable.ScheduleNewOrchestrationInstanceAsync(
                    nameof(AggregateQuote),
                    input,
                    new StartOrchestrationOptions(Guid.CreateVersion7(input.Deadline).ToString("N")),
                    CancellationToken.None
                );
                hub.End(taken: true);
                LogBack(time.GetElapsedTime(away).TotalSeconds, instanceId);
            }
            catch (Exception) // At the edge of a loop: that it fails is what is looked for, and was logged when it began.
            {
                hub.End(taken: false);
                await Task.Delay(TrialInterval, time);
            }
        } while (hub.IsAway);

        Volatile.Write(ref _trialRuns, 0);
    }

    [LoggerMessage(
        EventId = 1010,
        Level = LogLevel.Error,
        Message = "The task hub takes no orchestrations; quotes are made without it, and are not durable."
    )]
    private partial void LogAway();

    [LoggerMessage(
        EventId = 1011,
        Level = LogLevel.Information,
        Message = "The task hub takes orchestrations again after {Seconds:F1} s; the first was {InstanceId}."
    )]
    private partial void LogBack(double seconds, string instanceId);
}
