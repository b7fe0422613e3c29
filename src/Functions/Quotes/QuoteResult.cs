using Quorum.Functions.Http;

namespace Quorum.Functions.Quotes;

/// <summary>The outcome of one request for a quote: an answer, a problem, or the orchestration that will have the answer.</summary>
internal readonly record struct QuoteResult
{
    private QuoteResult(QuoteAnswer? answer, Problem? problem, string? pendingInstanceId) =>
        (Answer, Problem, PendingInstanceId) = (answer, problem, pendingInstanceId);

    public QuoteAnswer? Answer { get; }

    public Problem? Problem { get; }

    /// <summary>The instance whose quote was not there in time, with nothing stored to stand in.</summary>
    public string? PendingInstanceId { get; }

    public static implicit operator QuoteResult(QuoteAnswer answer) => new(answer, null, null);

    public static implicit operator QuoteResult(Problem problem) => new(null, problem, null);

    public static QuoteResult Pending(string instanceId) => new(null, null, instanceId);
}
