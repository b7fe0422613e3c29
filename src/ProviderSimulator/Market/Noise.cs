namespace Quorum.ProviderSimulator;

/// <summary>Pseudo-random numbers that depend only on the arguments: the same seed gives the same simulation.</summary>
internal static class Noise
{
    /// <summary>Returns 64 uniformly distributed bits (the finalizer of SplitMix64).</summary>
    public static ulong Bits(ulong seed, long a, long b)
    {
        var z = seed + ((ulong)a * 0x9E3779B97F4A7C15) + ((ulong)b * 0xD1B54A32D192ED03) + 0x8CB92BA72F3D8DD7;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Returns a number in [0, 1).</summary>
    public static double Unit(ulong seed, long a, long b) => (Bits(seed, a, b) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Returns a number in [-1, 1).</summary>
    public static double Signed(ulong seed, long a, long b) => (Unit(seed, a, b) * 2) - 1;
}
