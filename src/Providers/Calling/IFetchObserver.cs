using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Observes the steps of a fetch as they happen, from any thread. Implementations must be cheap, and never throw.</summary>
public interface IFetchObserver
{
    /// <summary>The first request is about to begin: until now the fetch waited for a slot of the concurrency limit and a permit of the
    /// quota.</summary>
    /// <param name="startedAt">When the fetch began: a timestamp of the clock of all providers.</param>
    void Waited(ProviderId provider, long startedAt);

    /// <summary>Records that a request begins.</summary>
    /// <param name="attempt">From 1.</param>
    /// <returns>To be given to <see cref="EndAttempt"/>.</returns>
    int BeginAttempt(ProviderId provider, int attempt);

    /// <summary>The request has ended, perhaps after its caller's deadline.</summary>
    void EndAttempt(int token, FetchStatus status);
}
