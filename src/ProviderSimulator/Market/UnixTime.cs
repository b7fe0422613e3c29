namespace Quorum.ProviderSimulator;

internal static class UnixTime
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Returns whole minutes since 1970.</summary>
    public static long Minute(DateTimeOffset instant) => instant.ToUnixTimeSeconds() / 60;

    /// <summary>Returns the first whole second at or after an instant, so that a window is never reported free too early.</summary>
    public static long CeilingSeconds(DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;

    /// <summary>Returns nanoseconds, with invented digits below the resolution of .NET's clock.</summary>
    public static long Nanoseconds(DateTimeOffset instant) =>
        ((instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * NanosecondsPerTick) + Below100(instant);

    /// <summary>Returns a number below 100 that is the same for the same instant.</summary>
    public static long Below100(DateTimeOffset instant) => (long)(Noise.Bits(0, instant.UtcTicks, 0) % NanosecondsPerTick);
}
