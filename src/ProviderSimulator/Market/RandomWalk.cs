using System.Numerics;

namespace Quorum.ProviderSimulator;

/// <summary>
/// A bounded, deterministic walk that can be evaluated at any minute at the same small cost: the sum of smooth noises whose periods double
/// from one minute to about six days, each with the amplitude that a random walk reaches in its period. Never further from 0 than about
/// five percent.
/// </summary>
internal static class RandomWalk
{
    private const int Octaves = 14;
    private const double AmplitudeOfOneMinute = 1.5e-4;

    private static readonly double[] Amplitudes =
    [
        .. Enumerable.Range(0, Octaves).Select(octave => AmplitudeOfOneMinute * Math.Pow(2, octave / 2.0)),
    ];

    /// <summary>Returns the logarithm of the price relative to its base, at the start of a minute.</summary>
    public static double At(ulong seed, long minute)
    {
        var sum = 0.0;
        for (var octave = 0; octave < Octaves; octave++)
        {
            var cell = minute >> octave;
            sum += Between(octave, minute, Noise.Signed(seed, octave, cell), Noise.Signed(seed, octave, cell + 1));
        }

        return sum;
    }

    /// <summary>
    /// Returns the lowest and highest value of <see cref="At"/> in a range of minutes, at a tenth of the cost of evaluating each.
    /// </summary>
    public static (double Low, double High) Extremes(ulong seed, long from, long through)
    {
        Span<double> here = stackalloc double[Octaves],
            next = stackalloc double[Octaves];
        for (var octave = 0; octave < Octaves; octave++)
        {
            here[octave] = Noise.Signed(seed, octave, from >> octave);
            next[octave] = Noise.Signed(seed, octave, (from >> octave) + 1);
        }

        var (low, high) = (double.MaxValue, double.MinValue);
        for (var minute = from; minute <= through; minute++)
        {
            // A minute with n trailing zero bits begins a new cell in the n fastest octaves and the one after them.
            var renewed = minute == from ? 0 : Math.Min(Octaves, BitOperations.TrailingZeroCount(minute) + 1);
            for (var octave = 0; octave < renewed; octave++)
            {
                here[octave] = next[octave];
                next[octave] = Noise.Signed(seed, octave, (minute >> octave) + 1);
            }

            var sum = 0.0;
            for (var octave = 0; octave < Octaves; octave++)
            {
                sum += Between(octave, minute, here[octave], next[octave]);
            }

            low = Math.Min(low, sum);
            high = Math.Max(high, sum);
        }

        return (low, high);
    }

    private static double Between(int octave, long minute, double here, double next)
    {
        var length = 1L << octave;
        return Amplitudes[octave] * (here + ((next - here) * ((minute & (length - 1)) / (double)length)));
    }
}
