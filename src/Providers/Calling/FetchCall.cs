using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>One fetch in flight: its request, its deadline, and the outcomes of its attempts so far.</summary>
internal sealed class FetchCall(ProviderListing listing, DateTimeOffset deadline, CallPurpose purpose, long startedAt)
{
    /// <summary>An attempt shorter than this is not worth beginning.</summary>
    public static readonly TimeSpan MinAttempt = TimeSpan.FromMilliseconds(10);

    private volatile bool _isLeftBehind,
        _isGivenUp;
    private volatile FinishedAttempt? _last;
    private volatile int _attempts;

    /// <summary>The requested listing; in a batch the first.</summary>
    public ProviderListing Listing { get; } = listing;

    /// <summary>All that one request asks for; <see langword="null"/> when that is one listing.</summary>
    public IReadOnlyList<ProviderListing>? Batch { get; init; }

    /// <summary>The number of calls that the provider counts for one attempt.</summary>
    public int Permits { get; init; } = 1;

    /// <summary>The observer; <see langword="null"/> for none.</summary>
    public IFetchObserver? Observer { get; init; }

    public DateTimeOffset Deadline { get; } = deadline;

    public CallPurpose Purpose { get; } = purpose;

    /// <summary>The start, as a timestamp of the caller's clock.</summary>
    public long StartedAt { get; } = startedAt;

    public CancellationTokenSource Cancellation { get; } = new();

    /// <summary>The number of requests begun.</summary>
    public int Attempts => _attempts;

    /// <summary>
    /// The outcome of the last finished attempt. When the deadline cuts the next one off, it is more useful than "timed out".
    /// </summary>
    public FinishedAttempt? Last => _last;

    /// <summary>The deadline has passed: what still comes is for the store, and nothing is tried again.</summary>
    public bool IsLeftBehind => _isLeftBehind;

    /// <summary>The caller has left: what becomes of the request says nothing about the provider.</summary>
    public bool IsGivenUp => _isGivenUp;

    /// <summary>True if no attempt may begin any more: the deadline is near. How long the provider lately took does not count here: an
    /// answer that comes late is stored, and is what keeps a provider useful that is slower than its callers' budgets.</summary>
    public bool IsTooLate(DateTimeOffset now) => IsLeftBehind || Cancellation.IsCancellationRequested || Deadline - now < MinAttempt;

    public void GiveUp()
    {
        _isGivenUp = true;
        Cancellation.Cancel();
    }

    public void BeginAttempt() => _attempts++; // attempts follow one another; the caller only reads

    public void EndAttempt(in AttemptResult result, TimeSpan took) => _last = new FinishedAttempt(result, took);

    public void LeaveBehind() => _isLeftBehind = true;
}

/// <summary>A class, so that the caller reads it whole.</summary>
internal sealed record FinishedAttempt(AttemptResult Result, TimeSpan Took);
