namespace Quorum.MarketData;

/// <summary>Reads Unix times as providers send them (N8). Zero, negative and out of range mean that the time is missing: never 1970, never an exception.</summary>
public static class UnixTime
{
    private const long NanosecondsPerTick = 100;

    private static readonly long LastTick = DateTimeOffset.MaxValue.Ticks - DateTimeOffset.UnixEpoch.Ticks;

    public static DateTimeOffset? FromSeconds(long? seconds) => FromUnits(seconds, TimeSpan.TicksPerSecond);

    public static DateTimeOffset? FromMilliseconds(long? milliseconds) => FromUnits(milliseconds, TimeSpan.TicksPerMillisecond);

    /// <summary>What is finer than 100 ns is cut off, not rounded.</summary>
    public static DateTimeOffset? FromNanoseconds(long? nanoseconds) => FromUnits(nanoseconds / NanosecondsPerTick, 1);

    private static DateTimeOffset? FromUnits(long? value, long ticksPerUnit) =>
        value > 0 && value <= LastTick / ticksPerUnit ? DateTimeOffset.UnixEpoch.AddTicks(value.Value * ticksPerUnit) : null;
}
