using System.Runtime.InteropServices;

namespace Quorum.Providers;

/// <summary>A sliding window of a provider's quota: at most so many permits in any span of its length.</summary>
/// <param name="Length">A second, a minute or a day.</param>
/// <param name="Permits">At least 1.</param>
/// <param name="InteractiveReserve">Permits of them that only <see cref="CallPurpose.Interactive"/> may use.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct QuotaLimit(TimeSpan Length, int Permits, int InteractiveReserve)
{
    /// <summary>The most that a purpose can ever have in one span.</summary>
    internal int LimitFor(CallPurpose purpose) => purpose == CallPurpose.Interactive ? Permits : Permits - InteractiveReserve;
}
