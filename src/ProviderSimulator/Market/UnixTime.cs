namespace Quorum.ProviderSimulator;

internal static class UnixTime
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Whole minutes since 1970.</summary>
    public static long Minute(DateTimeOffset instant) => instant.ToUnixTimeSeconds() / 60;

    /// <summary>The first whole second at or after an instant: a window is never said to be free too early.</summary>
    public static long CeilingSeconds(DateTimeOffset instant) => (instant.ToUnixTimeMilliseconds() + 999) / 1_000;

    /// <summary>Nanoseconds, with digits of its own where .NET's clock ends.</summary>
    public static long Nanoseconds(DateTimeOffset instant) =>
        ((instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * NanosecondsPerTick) + Below100(instant);

    /// <summary>The same two last digits for the same instant.</summary>
    public static long Below100(DateTimeOffset instant) => (long)(Noise.Bits(0, instant.UtcTicks, 0) % NanosecondsPerTick);
}
