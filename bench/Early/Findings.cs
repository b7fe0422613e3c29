namespace Quorum.Early;

/// <summary>The early answers under one condition.</summary>
/// <param name="Asked">The number of requests.</param>
/// <param name="Answered">The number of answers with a price.</param>
/// <param name="Early">The number of answers that did not wait for all providers.</param>
/// <param name="Times">From request to answer, ascending.</param>
/// <param name="Differences">Between early and complete price, in basis points of the complete one, ascending.</param>
internal sealed record Findings(
    Condition Condition,
    int Asked,
    int Answered,
    int Early,
    IReadOnlyList<TimeSpan> Times,
    IReadOnlyList<double> Differences
)
{
    public double TimeMs(double share) => Quantile(Times, share)?.TotalMilliseconds ?? 0;

    /// <summary>Returns the quantile by nearest rank; <see langword="null"/> without differences.</summary>
    public double? DifferenceBps(double share) => Differences.Count == 0 ? null : Differences[Rank(Differences.Count, share)];

    private static TimeSpan? Quantile(IReadOnlyList<TimeSpan> sorted, double share) =>
        sorted.Count == 0 ? null : sorted[Rank(sorted.Count, share)];

    private static int Rank(int count, double share) => Math.Max(0, (int)Math.Ceiling(share * count) - 1);
}
