namespace Quorum.ProviderSimulator;

/// <summary>The lognormal latency of a provider.</summary>
/// <param name="MedianMs">The median, milliseconds.</param>
/// <param name="Sigma">The standard deviation of the logarithm; 0 makes every latency the median.</param>
/// <param name="CapMs">The maximum, milliseconds.</param>
internal sealed record LatencyCurve(double MedianMs, double Sigma, double CapMs = LatencyCurve.DefaultCapMs)
{
    public const double DefaultCapMs = 400;

    /// <summary>Returns the latency that a share of the calls stays below.</summary>
    /// <param name="gaussian">The share as a standard normal deviate: 0 is the median, 2.326 the 99th percentile.</param>
    public double At(double gaussian) => Math.Min(CapMs, MedianMs * Math.Exp(Sigma * gaussian));
}
