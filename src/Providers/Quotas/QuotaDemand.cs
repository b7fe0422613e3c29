namespace Quorum.Providers;

/// <summary>What one kind of call, interactive or in the background, wants of a quota. All of it is guarded by the gate's lock; times are
/// on the gate's clock.</summary>
internal sealed class QuotaDemand(QuotaLimit[] limits, CallPurpose purpose)
{
    /// <summary>The part of a window that is held in advance, as a divisor.</summary>
    private const int StockShare = 20;

    /// <summary>How long a ledger that had too few permits is left alone: another process may give some back.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(250);

    public bool IsInteractive { get; } = purpose == CallPurpose.Interactive;

    /// <summary>The most that a call can ever have.</summary>
    public int Most { get; } = limits.Length == 0 ? int.MaxValue : limits.Min(limit => limit.MostFor(purpose));

    /// <summary>Held in advance.</summary>
    public int Stock { get; } = limits.Length == 0 ? 0 : limits.Min(limit => limit.MostFor(purpose)) / StockShare;

    /// <summary>Permits that callers wait for.</summary>
    public int Waiting { get; set; }

    /// <summary>Whether somebody took or wanted a permit since the stock was last filled.</summary>
    public bool IsThere { get; set; }

    /// <summary>While those who wait are served: whether one of them goes on waiting.</summary>
    public bool IsQueued { get; set; }

    /// <summary>When there is probably a permit.</summary>
    public TimeSpan NextAt { get; set; }

    /// <summary>Before that the ledger is not asked for this kind of call alone. Each kind has its own: batches that starve delay nobody
    /// who waits.</summary>
    public TimeSpan AskAgainAt { get; set; }

    /// <summary>What to ask the ledger for: what callers wait for, and the stock when half of it is gone and somebody took of it.</summary>
    /// <param name="held">What there is of the stock.</param>
    public int Wanted(long held)
    {
        var isLow = IsThere && held <= Stock / 2;
        return Waiting == 0 && !isLow ? 0 : (int)Math.Clamp(Waiting + Stock - held, 0, int.MaxValue);
    }

    /// <summary>The ledger has answered.</summary>
    /// <param name="now">When.</param>
    /// <param name="hasAll">Whether it granted all that was wanted.</param>
    /// <param name="next">How long it will probably be until there is another permit.</param>
    public void Hear(TimeSpan now, bool hasAll, TimeSpan next) =>
        (NextAt, AskAgainAt) = (now + next, hasAll ? TimeSpan.Zero : now + AskAgain);
}

/// <summary>A call that waits for its permits.</summary>
/// <param name="demand">Whose kind it is of.</param>
/// <param name="permits">How many it wants.</param>
/// <param name="until">How long it waits, on the gate's clock.</param>
internal sealed class QuotaWaiter(QuotaDemand demand, int permits, TimeSpan until)
    : TaskCompletionSource<QuotaVerdict>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public QuotaDemand Demand { get; } = demand;

    public int Permits { get; } = permits;

    public TimeSpan Until { get; } = until;
}
