namespace Quorum.ProviderSimulator;

/// <summary>
/// A wandering that can be looked up at any minute at the same small cost, without walking there: the sum of smooth noises whose periods
/// double from one minute to some six days, each as strong as a random walk would have moved in its period. Deterministic; never further from 0
/// than about <see cref="Bound"/>.
/// </summary>
internal static class RandomWalk
{
    private const int Octaves = 14;
    private const double AmplitudeOfOneMinute = 1.5e-4;

    private static readonly double[] Amplitudes = [.. Enumerable.Range(0, Octaves).Select(octave => AmplitudeOfOneMinute * Math.Pow(2, octave / 2.0))];

    /// <summary>The largest distance from 0, as a natural logarithm of the price ratio.</summary>
    public static double Bound { get; } = Amplitudes.Sum();

    /// <summary>The logarithm of the price against its base, at the start of a minute.</summary>
    public static double At(ulong seed, long minute)
    {
        var sum = 0.0;
        for (var octave = 0; octave < Octaves; octave++)
        {
            var cell = minute >> octave;
            var fraction = (minute - (cell << octave)) / (double)(1L << octave);
            var (here, next) = (Noise.Signed(seed, octave, cell), Noise.Signed(seed, octave, cell + 1));
            sum += Amplitudes[octave] * (here + ((next - here) * fraction));
        }

        return sum;
    }
}
