namespace Quorum.Providers;

/// <summary>Bounds retries to a part of all calls, so that a provider in trouble is not asked thrice as much: each first attempt earns a
/// part of a retry, each retry spends a whole one.</summary>
/// <param name="ratio">Retries earned by a first attempt.</param>
internal sealed class RetryBudget(double ratio)
{
    /// <summary>Retries that can be saved up, and that there are at first: single faults are always tried again.</summary>
    private const int MaxSaved = 10;

    private const int Whole = 1000;

    private readonly int _earned = (int)(ratio * Whole);
    private int _left = ratio > 0 ? MaxSaved * Whole : 0;

    public void Earn()
    {
        var left = Volatile.Read(ref _left);
        if (left < MaxSaved * Whole)
        {
            // Lost against another: nothing is earned.
            Interlocked.CompareExchange(ref _left, Math.Min(MaxSaved * Whole, left + _earned), left);
        }
    }

    /// <returns>True if there was one to spend.</returns>
    public bool TrySpend()
    {
        while (true)
        {
            var left = Volatile.Read(ref _left);
            if (left < Whole)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _left, left - Whole, left) == left)
            {
                return true;
            }
        }
    }
}
