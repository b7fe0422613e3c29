using System.Numerics;

namespace Quorum.Functions.Quotes;

/// <summary>The numbers of agreeing providers with which the callers of a flight are answered. Thread-safe.</summary>
internal sealed class WantedAgreements
{
    private int _bits;

    /// <summary>Adds a number.</summary>
    /// <returns>True if no other caller has it.</returns>
    public bool Add(int agree)
    {
        var bit = 1 << agree;
        return (Interlocked.Or(ref _bits, bit) & bit) == 0;
    }

    /// <summary>Returns the smallest number for which a caller still waits; <see langword="null"/> if there is none.</summary>
    /// <param name="published">The number that agreed with the last quote published; 0 for none.</param>
    public int? NextAfter(int published) =>
        (Volatile.Read(ref _bits) >> (published + 1)) is not 0 and var larger
            ? BitOperations.TrailingZeroCount(larger) + published + 1
            : null;
}
