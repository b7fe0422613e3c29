namespace Quorum.CaseStudy.Measuring;

/// <summary>The result of one variant.</summary>
/// <param name="Variant">The name of the variant.</param>
/// <param name="OneAtATime">The latencies of sequential requests.</param>
/// <param name="AtRates">Open-loop rates in requests per second, ascending, up to the first that was not sustained.</param>
internal sealed record Findings(string Variant, Latencies OneAtATime, IReadOnlyList<(int Rate, Latencies Latencies)> AtRates)
{
    /// <summary>The time within which 95 of 100 requests must be answered completely.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(200);

    public static bool IsCarried(Latencies latencies) => latencies.P95 <= Limit;

    /// <summary>The highest rate sustained; <see langword="null"/> for none.</summary>
    public int? CarriedRate => AtRates.LastOrDefault(step => IsCarried(step.Latencies)) is { Rate: > 0 } step ? step.Rate : null;

    /// <summary>The rate that was too high; <see langword="null"/> if every rate was sustained.</summary>
    public (int Rate, Latencies Latencies)? TooMuch => AtRates is [.., var last] && !IsCarried(last.Latencies) ? last : null;
}
