using System.Runtime.InteropServices;

namespace Quorum.Storage;

/// <summary>What a process tells the ledger about one provider, and asks of it. The words are those of migration 0003.</summary>
/// <param name="Provider">The account.</param>
/// <param name="Windows">At least one; each length once.</param>
/// <param name="Settlements">Permits of earlier grants that were used, or will not be.</param>
/// <param name="Interactive">Permits wanted out of the whole limits.</param>
/// <param name="Background">Permits wanted beyond the interactive reserves.</param>
/// <param name="Hold">How long what is granted is booked.</param>
/// <param name="CloseFor">For how long the provider said that nobody is to ask; zero when it did not.</param>
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
/// <param name="Limit">Permits in any span of the length.</param>
/// <param name="InteractiveReserve">Those of them that only interactive calls may use.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct QuotaWindow(TimeSpan Length, int Limit, int InteractiveReserve);

/// <param name="Booking">As the grant said.</param>
/// <param name="Permits">How many.</param>
/// <param name="Used">Those of them that were used.</param>
/// <param name="Age">How long ago the last was used at the latest.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct QuotaSettled(long Booking, int Permits, int Used, TimeSpan Age);

/// <param name="Interactive">Permits granted.</param>
/// <param name="Background">Permits granted.</param>
/// <param name="Booking">Names them.</param>
/// <param name="NextInteractive">When there is probably another permit; zero when there is one now.</param>
/// <param name="NextBackground">Likewise, beyond the reserves.</param>
/// <param name="ClosedFor">For how long nothing is granted; zero when nobody said so.</param>
/// <param name="Used">Permits used or booked, in each window.</param>
/// <param name="RefillsIn">When the first of them comes back, in each window; zero when none is used.</param>
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
