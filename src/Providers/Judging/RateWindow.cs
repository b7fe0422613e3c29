namespace Quorum.Providers;

/// <summary>Which of a provider's limits a refusal speaks of, and so when it ends if no header says.</summary>
internal enum RateWindow
{
    /// <summary>A burst: over within a second or two.</summary>
    Second,

    /// <summary>The calls of the last sixty seconds.</summary>
    RollingMinute,

    /// <summary>The calls since the minute began on the clock.</summary>
    CalendarMinute,

    /// <summary>The calls since midnight UTC: no more until the next.</summary>
    Day,
}
