namespace Quorum.Providers;

/// <summary>Permits that the ledger granted to this process at once. Guarded by the gate's lock.</summary>
/// <param name="booking">The booking in the ledger.</param>
/// <param name="isInteractive">True if it may hold permits of the interactive reserve.</param>
/// <param name="takeBefore">The latest time at which its permits may be taken, on the gate's clock.</param>
/// <param name="permits">The number of permits.</param>
internal sealed class QuotaLease(long booking, bool isInteractive, TimeSpan takeBefore, int permits)
{
    public long Booking { get; } = booking;

    public bool IsInteractive { get; } = isInteractive;

    public TimeSpan TakeBefore { get; } = takeBefore;

    /// <summary>The number of permits left.</summary>
    public int Left { get; set; } = permits;

    /// <summary>Permits whose calls have ended, and that the ledger does not know of yet.</summary>
    public int Used { get; set; }

    /// <summary>The number of permits that will not be used, likewise.</summary>
    public int Unused { get; set; }

    /// <summary>The end of the last call, on the gate's clock.</summary>
    public TimeSpan LastEnd { get; set; }

    /// <summary>True if the gate has it on its list of leases to settle.</summary>
    public bool IsOwing { get; set; }
}

/// <summary>Taken permits: for one call, from its beginning to its end.</summary>
/// <param name="gate">The gate.</param>
/// <param name="lease">The lease.</param>
/// <param name="permits">The number of permits.</param>
/// <param name="rest">The others, from other leases; usually none.</param>
internal sealed class QuotaPermit(QuotaGate gate, QuotaLease lease, int permits, QuotaPermit? rest)
{
    public QuotaLease Lease => lease;

    public int Permits => permits;

    public QuotaPermit? Rest => rest;

    /// <summary>The call has ended: whatever came of it, the provider has counted it.</summary>
    public void End() => gate.End(this);

    /// <summary>Returns the permits of a call that was not made.</summary>
    public void GiveBack() => gate.GiveBack(this);
}

/// <summary>The decision if a call may be made.</summary>
/// <param name="Permit">The permits; <see langword="null"/> when the call is not counted.</param>
/// <param name="Refusal">The refusal; <see langword="null"/> when the call may be made.</param>
internal readonly record struct QuotaVerdict(QuotaPermit? Permit, AttemptResult? Refusal)
{
    public static QuotaVerdict Free => default;

    public static QuotaVerdict Granted(QuotaPermit permit) => new(permit, null);

    public static QuotaVerdict Refused(AttemptResult refusal) => new(null, refusal);

    /// <summary>Returns a wait in seconds, rounded up to a tenth, at least a tenth.</summary>
    public static double Seconds(TimeSpan span) => Math.Max(0.1, Math.Ceiling(span.TotalSeconds * 10) / 10);
}
