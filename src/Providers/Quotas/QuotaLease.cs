namespace Quorum.Providers;

/// <summary>Permits that the ledger granted to this process at once. All of it is guarded by the gate's lock.</summary>
/// <param name="booking">Its name in the ledger.</param>
/// <param name="isInteractive">Whether it may hold permits of the interactive reserve.</param>
/// <param name="takeBefore">When its permits may be taken at the latest, on the gate's clock.</param>
/// <param name="permits">How many.</param>
internal sealed class QuotaLease(long booking, bool isInteractive, TimeSpan takeBefore, int permits)
{
    public long Booking { get; } = booking;

    public bool IsInteractive { get; } = isInteractive;

    public TimeSpan TakeBefore { get; } = takeBefore;

    /// <summary>Permits to take.</summary>
    public int Left { get; set; } = permits;

    /// <summary>Permits whose calls have ended, and that the ledger does not know of yet.</summary>
    public int Used { get; set; }

    /// <summary>Permits that nobody will use, likewise.</summary>
    public int Unused { get; set; }

    /// <summary>When the last call ended, on the gate's clock.</summary>
    public TimeSpan LastEnd { get; set; }

    /// <summary>Whether the gate has it on its list of those to settle.</summary>
    public bool IsOwing { get; set; }
}

/// <summary>Taken permits: for one call, from its beginning to its end.</summary>
/// <param name="gate">Whose.</param>
/// <param name="lease">Out of which.</param>
/// <param name="permits">How many.</param>
/// <param name="rest">The others, out of other leases; usually none.</param>
internal sealed class QuotaPermit(QuotaGate gate, QuotaLease lease, int permits, QuotaPermit? rest)
{
    public QuotaLease Lease => lease;

    public int Permits => permits;

    public QuotaPermit? Rest => rest;

    /// <summary>The call has ended: whatever came of it, the provider has counted it.</summary>
    public void End() => gate.End(this);

    /// <summary>The call was not made.</summary>
    public void GiveBack() => gate.GiveBack(this);
}

/// <summary>Whether a call may be made.</summary>
/// <param name="Permit"><see langword="null"/> when nothing counts the call.</param>
/// <param name="Refusal"><see langword="null"/> when it may be made.</param>
internal readonly record struct QuotaVerdict(QuotaPermit? Permit, AttemptResult? Refusal)
{
    public static QuotaVerdict Free => default;

    public static QuotaVerdict Granted(QuotaPermit permit) => new(permit, null);

    public static QuotaVerdict Refused(AttemptResult refusal) => new(null, refusal);
}
