using System.Diagnostics;

namespace Quorum.ProviderSimulator;

/// <summary>
/// Measures the calls served since the last reading. A client that asks one thing at a time reads here how long the slowest provider held
/// it; the rest of its wait has other causes.
/// </summary>
internal sealed class Lap
{
    private readonly Lock _gate = new();
    private long _calls,
        _longest,
        _first = long.MaxValue,
        _last;

    /// <param name="arrived">A <see cref="Stopwatch"/> timestamp.</param>
    /// <param name="answered">A <see cref="Stopwatch"/> timestamp.</param>
    public void Add(long arrived, long answered)
    {
        lock (_gate)
        {
            _calls++;
            _longest = Math.Max(_longest, answered - arrived);
            _first = Math.Min(_first, arrived);
            _last = Math.Max(_last, answered);
        }
    }

    /// <returns>
    /// The number of calls, the longest single hold, and the span from the first arrival to the last answer, in milliseconds.
    /// </returns>
    public (long Calls, double LongestMs, double SpanMs) ReadAndReset()
    {
        lock (_gate)
        {
            var reading = (_calls, Ms(_longest), _calls == 0 ? 0 : Ms(_last - _first));
            (_calls, _longest, _first, _last) = (0, 0, long.MaxValue, 0);
            return reading;
        }
    }

    public static double Ms(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
