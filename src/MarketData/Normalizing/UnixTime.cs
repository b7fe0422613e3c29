namespace Quorum.MarketData;

/// <summary>Reads Unix times as providers send them (N8, N24). The unit follows from the magnitude, since vendors change it without
/// notice.</summary>
public static class UnixTime
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;
    private const long NanosecondsPerTick = 100;

    /// <summary>Seconds, milliseconds and microseconds: the readings of one number lie three orders apart, so at most one is between 2000
    /// and 2100.</summary>
    private static readonly long[] TicksPerUnit = [TimeSpan.TicksPerSecond, TimeSpan.TicksPerMillisecond, TicksPerMicrosecond];

    private static readonly long First = PlausibleTime.First.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
    private static readonly long Last = PlausibleTime.Last.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    /// <summary>Reads seconds, milliseconds, microseconds or nanoseconds since 1970, whichever lies in the years 2000 to 2100. Nanoseconds
    /// below a hundred are cut off, not rounded.</summary>
    /// <returns><see langword="null"/> when the number is a time of these years in no unit.</returns>
    public static DateTimeOffset? Read(long? value)
    {
        if (value is not > 0)
        {
            return null;
        }

        foreach (var ticksPerUnit in TicksPerUnit)
        {
            if (value >= First / ticksPerUnit && value < Last / ticksPerUnit)
            {
                return DateTimeOffset.UnixEpoch.AddTicks(value.Value * ticksPerUnit);
            }
        }

        var ticks = value.Value / NanosecondsPerTick;
        return ticks >= First && ticks < Last ? DateTimeOffset.UnixEpoch.AddTicks(ticks) : null;
    }
}
