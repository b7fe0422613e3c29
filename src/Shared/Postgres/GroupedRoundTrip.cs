namespace Quorum.Shared.Postgres;

/// <summary>A statement that runs once for all callers who ask at the same time: one round trip, and one commit, for all of them.</summary>
/// <typeparam name="TQuestion">The input of one caller.</typeparam>
/// <typeparam name="TAnswer">Its result.</typeparam>
internal sealed class GroupedRoundTrip<TQuestion, TAnswer> : IAsyncDisposable
{
    private readonly GroupCommit<Asked> _groups;

    /// <param name="run">Runs the statement for a whole group and sets each answer; must be harmless to run twice.</param>
    /// <param name="largestGroup">The maximum number of callers in one group.</param>
    /// <param name="capacity">The maximum number of waiting callers.</param>
    /// <param name="lanes">The number of groups that may be under way at once.</param>
    public GroupedRoundTrip(Func<IReadOnlyList<Asked>, CancellationToken, Task> run, int largestGroup, int capacity, int lanes = 1) =>
        _groups = new GroupCommit<Asked>(
            group =>
                RoundTrip.RunAsync(
                    async (asked, cancellation) =>
                    {
                        await run(asked, cancellation);
                        return asked.Count;
                    },
                    group,
                    CancellationToken.None
                ),
            PostgresFault.MayBeOfOneItem,
            new GroupCommitOptions
            {
                Lanes = lanes,
                LargestGroup = largestGroup,
                Capacity = capacity,
            }
        );

    public async Task<TAnswer> AskAsync(TQuestion question, CancellationToken cancellationToken)
    {
        var asked = new Asked(question);
        await _groups.CommitAsync(asked, cancellationToken);
        return asked.Answer ?? throw new InvalidOperationException("The round trip left a question without an answer.");
    }

    public ValueTask DisposeAsync() => _groups.DisposeAsync();

    /// <summary>One caller's question, and the place of its answer.</summary>
    internal sealed class Asked(TQuestion question)
    {
        public TQuestion Question { get; } = question;

        public TAnswer? Answer { get; set; }
    }
}
