namespace Quorum.ProviderSimulator;

/// <summary>
/// Draws latencies. The n-th latency of a provider depends only on the seed, the provider and n, so that two runs have the same latencies.
/// </summary>
internal sealed class LatencyModel
{
    private readonly ulong _seed;
    private readonly LatencyCurve[] _curves;
    private readonly long[] _drawn = new long[ProviderNames.Count];
    private double _scale;

    /// <param name="scale">The factor for every latency; 0 answers at once.</param>
    public LatencyModel(ulong seed, double scale)
    {
        _seed = Noise.Bits(seed, 1, 0);
        _scale = scale;
        _curves = [.. ProviderNames.All.Select(Default)];
    }

    public double Scale
    {
        get => Volatile.Read(ref _scale);
        set => Volatile.Write(ref _scale, value);
    }

    public LatencyCurve this[Provider provider]
    {
        get => Volatile.Read(ref _curves[(int)provider]);
        set => Volatile.Write(ref _curves[(int)provider], value);
    }

    /// <summary>Restores the default curves and begins the latencies anew.</summary>
    public void Reset(double scale)
    {
        Scale = scale;
        foreach (var provider in ProviderNames.All)
        {
            this[provider] = Default(provider);
            Volatile.Write(ref _drawn[(int)provider], 0);
        }
    }

    /// <summary>Returns the default curve: medians from 25 to 140 ms, the slowest with its 99th percentile below 190 ms.</summary>
    public static LatencyCurve Default(Provider provider) =>
        provider switch
        {
            Provider.Finnhub => new(25, .35),
            Provider.AlphaVantage => new(40, .35),
            Provider.TwelveData => new(60, .33),
            Provider.Massive => new(80, .30),
            Provider.Alpaca => new(110, .22),
            Provider.Eodhd => new(140, .12),
            _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "There are six providers."),
        };

    /// <summary>Returns the next latency of a provider, in milliseconds.</summary>
    public double NextMs(Provider provider)
    {
        var scale = Scale;
        if (scale <= 0)
        {
            return 0;
        }

        var n = Interlocked.Increment(ref _drawn[(int)provider]);
        return scale * this[provider].At(Gaussian((int)provider, n));
    }

    // Box-Muller transform: two uniform numbers make one normal one.
    private double Gaussian(int provider, long n)
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - Noise.Unit(_seed, provider, n)));
        return radius * Math.Cos(2 * Math.PI * Noise.Unit(_seed, ~provider, n));
    }
}
