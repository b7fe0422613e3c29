namespace Quorum.ProviderSimulator;

/// <summary>How long a provider takes to answer: lognormal waits.</summary>
/// <param name="MedianMs">Half of the calls take less, milliseconds.</param>
/// <param name="Sigma">Of the logarithm; 0 makes every wait the median.</param>
/// <param name="CapMs">No wait is longer, milliseconds.</param>
internal sealed record LatencyCurve(double MedianMs, double Sigma, double CapMs = LatencyCurve.DefaultCapMs)
{
    public const double DefaultCapMs = 400;

    /// <summary>The wait that a share of the calls stays below.</summary>
    /// <param name="gaussian">The share as a standard normal deviate: 0 is the median, 2.326 the 99th percentile.</param>
    public double At(double gaussian) => Math.Min(CapMs, MedianMs * Math.Exp(Sigma * gaussian));
}
