namespace Quorum.Storage;

/// <summary>A question to PostgreSQL that callers who ask at the same time ask together: one round trip, and one commit, for all of them.</summary>
/// <typeparam name="TQuestion">What one caller asks or gives.</typeparam>
/// <typeparam name="TAnswer">What it gets.</typeparam>
internal sealed class GroupedRoundTrip<TQuestion, TAnswer> : IAsyncDisposable
{
    private readonly GroupCommit<Asked> _groups;

    /// <param name="run">Asks for a whole group and sets each one's answer; harmless to run twice.</param>
    /// <param name="options">How large groups may be and how many may wait.</param>
    /// <param name="lanes">Groups on their way at once.</param>
    public GroupedRoundTrip(Func<IReadOnlyList<Asked>, CancellationToken, Task> run, StorageOptions options, int lanes = 1) =>
        _groups = new GroupCommit<Asked>(
            group => RoundTrip.RunAsync(
                async (asked, cancellation) =>
                {
                    await run(asked, cancellation);
                    return asked.Count;
                },
                group,
                CancellationToken.None),
            RoundTrip.MayBeFaultOfOneItem, lanes, options.LargestGroup, options.WaitingItems);

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
