using System.Runtime.InteropServices;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>
/// Counts the permits that all processes use and hold, so that no sliding window is ever exceeded. Register one that the processes share;
/// without it each process counts for itself (<see cref="LocalQuotaLedger"/>).
/// </summary>
/// <remarks>
/// <para>What the ledger grants it books: in full, until the holder settles it or its time is over (<see cref="QuotaExchange.Hold"/>), and
/// then for the length of the window. The holder uses a permit only while the booking stands, so that wherever in that time the calls reach
/// the provider no span of the window's length ever holds more than its limit. A holder that dies settles nothing: its booking runs out by
/// itself.</para>
/// <para>The ledger has the only clock. A holder tells ages, and counts the time of a booking from before it asked.</para>
/// </remarks>
public interface IQuotaLedger
{
    /// <summary>Settles, reads and asks for permits, in one step that others see whole.</summary>
    /// <remarks>Throws when it cannot count. The exchange may have happened all the same, and is never sent again: settled twice would be
    /// counted too little, granted for nothing only runs out.</remarks>
    Task<QuotaAnswer> ExchangeAsync(QuotaExchange exchange, CancellationToken cancellationToken);
}

/// <summary>A report of one process to the ledger, and its request for permits.</summary>
public sealed record QuotaExchange
{
    public required ProviderId Provider { get; init; }

    public required IReadOnlyList<QuotaLimit> Limits { get; init; }

    /// <summary>Permits of earlier grants that were used, or will not be.</summary>
    public IReadOnlyList<QuotaSettlement> Settled { get; init; } = [];

    /// <summary>Permits wanted for callers who wait: out of the whole limit.</summary>
    public int Interactive { get; init; }

    /// <summary>Permits wanted for batches and prefetch: the interactive reserve stays free.</summary>
    public int Background { get; init; }

    /// <summary>The time within which granted permits may still reach the provider.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>The time for which the provider rejects all calls; zero if it did not say so.</summary>
    public TimeSpan CloseFor { get; init; }
}

/// <summary>Permits of one booking that need not be held any more.</summary>
/// <param name="Booking">The booking: <see cref="QuotaAnswer.Booking"/>.</param>
/// <param name="Permits">The number of permits.</param>
/// <param name="Used">The number of them that were used; the others are free again at once.</param>
/// <param name="Age">The time since the last used one had certainly reached the provider, which is the arrival of its answer.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct QuotaSettlement(long Booking, int Permits, int Used, TimeSpan Age);

/// <summary>The permits that the ledger granted, and its counts after that.</summary>
public sealed record QuotaAnswer
{
    public required int Interactive { get; init; }

    public required int Background { get; init; }

    /// <summary>Names what was granted; microseconds since 1970 on the ledger's clock.</summary>
    public required long Booking { get; init; }

    /// <summary>One for each limit, in their order.</summary>
    public required IReadOnlyList<QuotaCount> Counts { get; init; }

    /// <summary>The probable time until another permit for an interactive caller; zero when there is one now.</summary>
    public required TimeSpan NextInteractive { get; init; }

    /// <summary>The probable time until another permit beyond the interactive reserve; zero when there is one now.</summary>
    public required TimeSpan NextBackground { get; init; }

    /// <summary>
    /// The time for which the account is closed, because the provider rejected calls of one of the processes; zero when it is open.
    /// </summary>
    public required TimeSpan ClosedFor { get; init; }
}

/// <param name="Used">Permits used or held in the span that ends now.</param>
/// <param name="RefillsIn">When the first of them probably comes back; zero when none is used.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct QuotaCount(long Used, TimeSpan RefillsIn);
