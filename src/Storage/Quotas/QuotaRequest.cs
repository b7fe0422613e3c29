using System.Runtime.InteropServices;

namespace Quorum.Storage;

/// <summary>
/// A report of one process to the ledger about one provider, and its request for permits. The terms are those of migration 0003.
/// </summary>
/// <param name="Provider">The account.</param>
/// <param name="Windows">At least one; each length once.</param>
/// <param name="Settlements">Permits of earlier grants that were used, or will not be used.</param>
/// <param name="Interactive">Permits requested from the whole limits.</param>
/// <param name="Background">Permits requested beyond the interactive reserves.</param>
/// <param name="Hold">The time for which granted permits are booked.</param>
/// <param name="CloseFor">The time for which the provider rejects all calls; zero if it did not say so.</param>
public sealed record QuotaRequest(
    string Provider,
    IReadOnlyList<QuotaWindow> Windows,
    IReadOnlyList<QuotaSettled> Settlements,
    long Interactive,
    long Background,
    TimeSpan Hold,
    TimeSpan CloseFor
);

/// <param name="Length">At least 100 µs.</param>
/// <param name="Limit">The maximum number of permits in any span of the length.</param>
/// <param name="InteractiveReserve">The number of them reserved for interactive calls.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct QuotaWindow(TimeSpan Length, int Limit, int InteractiveReserve);

/// <param name="Booking">The booking of the grant.</param>
/// <param name="Permits">The number of permits.</param>
/// <param name="Used">The number of them that were used.</param>
/// <param name="Age">The minimum time since the last was used.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct QuotaSettled(long Booking, int Permits, int Used, TimeSpan Age);

/// <param name="Interactive">Permits granted.</param>
/// <param name="Background">Permits granted.</param>
/// <param name="Booking">Identifies them.</param>
/// <param name="NextInteractive">The probable time until another permit is available; zero if there is one now.</param>
/// <param name="NextBackground">Likewise, beyond the reserves.</param>
/// <param name="ClosedFor">The time for which nothing is granted; zero if the account is open.</param>
/// <param name="Used">Permits used or booked, by window.</param>
/// <param name="RefillsIn">The time until the first of them is free again, by window; zero if none is used.</param>
public sealed record QuotaGrant(
    long Interactive,
    long Background,
    long Booking,
    TimeSpan NextInteractive,
    TimeSpan NextBackground,
    TimeSpan ClosedFor,
    IReadOnlyList<long> Used,
    IReadOnlyList<TimeSpan> RefillsIn
);
