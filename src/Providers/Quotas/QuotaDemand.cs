namespace Quorum.Providers;

/// <summary>
/// The demand of one kind of call, interactive or in the background. Guarded by the gate's lock; times are on the gate's clock.
/// </summary>
internal sealed class QuotaDemand(QuotaLimit[] limits, CallPurpose purpose)
{
    /// <summary>The part of a window that is held in advance, as a divisor.</summary>
    private const int StockShare = 20;

    /// <summary>The interval before a ledger that had too few permits is asked again: another process may return some.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(250);

    public bool IsInteractive { get; } = purpose == CallPurpose.Interactive;

    /// <summary>The most that a call can ever have.</summary>
    public int Max { get; } = limits.Length == 0 ? int.MaxValue : limits.Min(limit => limit.LimitFor(purpose));

    /// <summary>The number of permits held in advance.</summary>
    public int Stock { get; } = limits.Length == 0 ? 0 : limits.Min(limit => limit.LimitFor(purpose)) / StockShare;

    /// <summary>Permits that callers wait for.</summary>
    public int Waiting { get; set; }

    /// <summary>True if a permit was taken or wanted since the stock was last filled.</summary>
    public bool IsThere { get; set; }

    /// <summary>True if a call of this kind stays in the queue, while the queue is served.</summary>
    public bool IsQueued { get; set; }

    /// <summary>The probable time of the next permit.</summary>
    public TimeSpan NextAt { get; set; }

    /// <summary>
    /// The time before which the ledger is not asked for this kind of call alone. Each kind has its own, so that batches without permits do
    /// not delay interactive calls.
    /// </summary>
    public TimeSpan AskAgainAt { get; set; }

    /// <summary>Returns the number of permits to request: those that callers wait for, and the stock once half of it is used.</summary>
    /// <param name="held">The current stock.</param>
    public int Wanted(long held)
    {
        var isLow = IsThere && held <= Stock / 2;
        return Waiting == 0 && !isLow ? 0 : (int)Math.Clamp(Waiting + Stock - held, 0, int.MaxValue);
    }

    /// <summary>Records the answer of the ledger.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="hasAll">True if it granted all that was wanted.</param>
    /// <param name="next">The probable time until another permit.</param>
    public void RecordAnswer(TimeSpan now, bool hasAll, TimeSpan next) =>
        (NextAt, AskAgainAt) = (now + next, hasAll ? TimeSpan.Zero : now + AskAgain);
}
