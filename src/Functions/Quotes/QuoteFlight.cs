using Quorum.Functions.Traces;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>One quote on its way, and those in this process who wait for it.</summary>
public sealed class QuoteFlight(FlightKey key, string instanceId, DateTimeOffset deadline, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<bool> _scheduled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<PublishedQuote> _landed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Fetch> _fetches = new(ProviderId.All.Count);
    private readonly List<PublishedQuote> _agreed = [];
    private readonly List<Waiter> _waiters = [];

    public FlightKey Key { get; } = key;

    public string InstanceId { get; } = instanceId;

    /// <summary>The time by which every provider has answered, UTC.</summary>
    public DateTimeOffset Deadline { get; } = deadline;

    /// <summary>Completes when the instance exists in the task hub, with true: its address can be given out, and it takes events. With
    /// false when it could not be started.</summary>
    public Task<bool> Scheduling => _scheduled.Task;

    /// <summary>True if the instance exists in the task hub.</summary>
    public bool Scheduled { get; private set; }

    /// <summary>The quote of all providers; faulted when none can be made.</summary>
    public Task<PublishedQuote> Landed => _landed.Task;

    /// <summary>Holds the results of its activities.</summary>
    internal FanIn FanIn { get; } = new(key.Providers.ToList().Length, time);

    /// <summary>True if an orchestration is given to the task hub, whatever becomes of it. Set before others can join.</summary>
    internal bool HasInstance { get; set; }

    /// <summary>True if the calls to the providers begin while the start of the instance is being written, since its activities run in this
    /// process and take their outcomes. Set before others can join.</summary>
    internal bool CallsBeginAtOnce
    {
        get => FanIn.AllAreHere;
        set => FanIn.AllAreHere = value;
    }

    /// <summary>False if the instance is in no figure of the host's. Set before others can join.</summary>
    internal bool IsMeasured { get; set; } = true;

    /// <summary>Asks the providers without the task hub, and lands the flight. Set before others can join.</summary>
    internal Action? AskWithoutHub { get; set; }

    /// <summary>True once <see cref="AskWithoutHub"/> has been called. Guarded by <see cref="QuoteFlights"/>.</summary>
    internal bool IsBypassed { get; set; }

    /// <summary>Collects the spans; <see langword="null"/> when they are not kept. Set before others can join.</summary>
    internal QuoteTrace? Trace { get; set; }

    /// <summary>The number of waiting callers; guarded by the lock of <see cref="QuoteFlights"/>.</summary>
    internal int Waiters { get; set; }

    /// <summary>True if the instance's quote is stored even without a price: a caller may have been sent away with its address, or another
    /// process has stored it. Does not change after the landing.</summary>
    internal bool IsQuoteStored { get; private set; }

    /// <summary>Notes that the instance's quote must be stored, or is stored, even without a price, unless the flight has landed.</summary>
    /// <returns>True if it has landed.</returns>
    internal bool MarkQuoteStored()
    {
        lock (_gate)
        {
            var hasLanded = _landed.Task.IsCompletedSuccessfully;
            IsQuoteStored |= !hasLanded;
            return hasLanded;
        }
    }

    /// <summary>The numbers of agreeing providers that the orchestration knows, or will know by an event.</summary>
    internal WantedAgreements Wanted => FanIn.Wanted;

    /// <summary>True once a quote on which some providers agreed was published: others may join it still. Guarded by
    /// <see cref="QuoteFlights"/>.</summary>
    internal bool HasAgreed { get; set; }

    /// <summary>
    /// Its node among the flights kept until a second past their deadline because a caller was answered before the quote of all providers,
    /// or because of <see cref="WhenLanded"/> or <see cref="CallsBeginAtOnce"/>. Guarded by <see cref="QuoteFlights"/>.
    /// </summary>
    internal LinkedListNode<QuoteFlight>? Kept { get; set; }

    public void MarkScheduled()
    {
        Scheduled = true;
        _scheduled.TrySetResult(true);
    }

    /// <summary>Records that the task hub rejected the instance.</summary>
    public void MarkRefused() => _scheduled.TrySetResult(false);

    /// <summary>The first quote published that the request accepts; faulted when none can be made.</summary>
    public Task<PublishedQuote> AnswerFor(QuoteRequest request)
    {
        if (request.Agree is null)
        {
            return Landed;
        }

        lock (_gate)
        {
            if (_landed.Task.IsCompleted)
            {
                return Landed;
            }

            if (_agreed.Find(request.Accepts) is { } agreed)
            {
                return Task.FromResult(agreed);
            }

            var waiter = new Waiter(request, new TaskCompletionSource<PublishedQuote>(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiters.Add(waiter);
            return waiter.Answer.Task;
        }
    }

    /// <summary>True if a quote was published that the request accepts.</summary>
    internal bool HasAnswered(QuoteRequest request)
    {
        lock (_gate)
        {
            return request.Agree is not null && _agreed.Exists(request.Accepts);
        }
    }

    /// <summary>Receives the quote of all providers, before those who wait for it do. Set before others can join.</summary>
    internal Action<PublishedQuote>? WhenLanded { get; set; }

    /// <summary>
    /// Makes the one call of this flight to the provider, shared by the activity and by a caller for whom the hub was too slow. It cannot
    /// be cancelled; a failed call is made again.
    /// </summary>
    public Task<FetchOutcome> FetchAsync(ProviderId provider, Func<Task<FetchOutcome>> callAsync)
    {
        Fetch fetch;
        lock (_fetches)
        {
            if (_fetches.FindLast(known => known.Provider == provider) is { HasFailed: false } made)
            {
                return made.Task;
            }

            _fetches.Add(fetch = new Fetch(provider));
        }

        _ = fetch.RunAsync(callAsync, Trace);
        return fetch.Task;
    }

    /// <summary>
    /// Returns the outcome of the call to the provider; <see langword="null"/> when it has not ended, or was not made in this process.
    /// </summary>
    public FetchOutcome? OutcomeOf(ProviderId provider)
    {
        lock (_fetches)
        {
            return _fetches.FindLast(known => known.Provider == provider)?.Outcome;
        }
    }

    /// <summary>Answers those who accept a quote on which some providers agreed.</summary>
    internal void Agree(PublishedQuote quote)
    {
        lock (_gate)
        {
            _agreed.Add(quote);
            FanIn.Agree(quote.Agreeing ?? 0);
            foreach (var waiter in _waiters.Where(waiter => waiter.Request.Accepts(quote)))
            {
                waiter.Answer.TrySetResult(quote);
            }
        }
    }

    /// <summary>Answers all with the quote of all providers.</summary>
    internal void Land(PublishedQuote quote)
    {
        lock (_gate)
        {
            if (!_landed.Task.IsCompleted)
            {
                WhenLanded?.Invoke(quote);
            }

            _landed.TrySetResult(quote);
            foreach (var waiter in _waiters)
            {
                waiter.Answer.TrySetResult(quote);
            }
        }
    }

    internal void Fail(Exception reason)
    {
        _scheduled.TrySetResult(false);
        lock (_gate)
        {
            SetException(_landed, reason);
            foreach (var waiter in _waiters)
            {
                SetException(waiter.Answer, reason);
            }
        }
    }

    private static void SetException(TaskCompletionSource<PublishedQuote> source, Exception reason)
    {
        if (source.TrySetException(reason))
        {
            _ = source.Task.Exception; // Observed here: those who wait see it by awaiting, and there may be none left.
        }
    }

    private readonly record struct Waiter(QuoteRequest Request, TaskCompletionSource<PublishedQuote> Answer);

    private sealed class Fetch(ProviderId provider)
    {
        private readonly TaskCompletionSource<FetchOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ProviderId Provider { get; } = provider;

        public Task<FetchOutcome> Task => _ended.Task;

        public bool HasFailed => Task.IsFaulted || Task.IsCanceled;

        /// <summary>The outcome of the fetch; <see langword="null"/> until it has ended.</summary>
        public FetchOutcome? Outcome { get; private set; }

        public async Task RunAsync(Func<Task<FetchOutcome>> callAsync, QuoteTrace? trace)
        {
            var span = trace?.Begin(SpanKind.Fetch, Provider) ?? 0;
            try
            {
                var outcome = await callAsync();
                Outcome = outcome;
                trace?.End(span, outcome.Status);
                _ended.SetResult(outcome);
            }
            catch (OperationCanceledException exception)
            {
                trace?.End(span, null);
                _ended.SetCanceled(exception.CancellationToken);
            }
            catch (Exception exception) // waiting callers get the exception
            {
                trace?.End(span, null);
                _ended.SetException(exception);
            }
        }
    }
}

/// <summary>
/// The key of identical requests, which share an orchestration in flight. It includes the budget, which sets the deadline of the providers;
/// not <c>maxAge</c>, since every request that gets here needs a new quote, nor <c>agree</c>: each caller is answered by its own.
/// </summary>
public readonly record struct FlightKey(Symbol Symbol, ProviderSelection Providers, TimeSpan Budget);
