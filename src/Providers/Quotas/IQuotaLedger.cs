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

/// <summary>What one process tells the ledger and asks of it.</summary>
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

    /// <summary>How long what is granted may still reach the provider.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>For how long nobody is to ask, since the provider said so; zero when it did not.</summary>
    public TimeSpan CloseFor { get; init; }
}

/// <summary>Permits of one booking that need not be held any more.</summary>
/// <param name="Booking">As <see cref="QuotaAnswer.Booking"/> said.</param>
/// <param name="Permits">How many.</param>
/// <param name="Used">Those of them that were used; the others are free again at once.</param>
/// <param name="Age">How long ago the last used one was certainly with the provider: when its answer was there.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct QuotaSettlement(long Booking, int Permits, int Used, TimeSpan Age);

/// <summary>What the ledger granted, and what it counts after that.</summary>
public sealed record QuotaAnswer
{
    public required int Interactive { get; init; }

    public required int Background { get; init; }

    /// <summary>Names what was granted; microseconds since 1970 on the ledger's clock.</summary>
    public required long Booking { get; init; }

    /// <summary>One for each limit, in their order.</summary>
    public required IReadOnlyList<QuotaCount> Counts { get; init; }

    /// <summary>When there is probably another permit for a caller who waits; zero when there is one now.</summary>
    public required TimeSpan NextInteractive { get; init; }

    /// <summary>When there is probably another permit beyond the interactive reserve; zero when there is one now.</summary>
    public required TimeSpan NextBackground { get; init; }

    /// <summary>For how long nobody asks, since the provider said so to one of the processes; zero when it did not.</summary>
    public required TimeSpan ClosedFor { get; init; }
}

/// <param name="Used">Permits used or held in the span that ends now.</param>
/// <param name="RefillsIn">When the first of them probably comes back; zero when none is used.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct QuotaCount(long Used, TimeSpan RefillsIn);
