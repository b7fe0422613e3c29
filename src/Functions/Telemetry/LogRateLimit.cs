namespace Quorum.Functions.Telemetry;

/// <summary>Allows some log lines in a minute, and counts those beyond. Thread-safe.</summary>
internal sealed class LogRateLimit(int perMinute, TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _begun = time.GetTimestamp();
    private int _written;
    private int _leftOut;

    /// <summary>Takes one line.</summary>
    /// <param name="leftOut">The number of lines left out in the last minute that had any, once it is over; otherwise 0.</param>
    /// <returns>True if the line may be written.</returns>
    public bool TryTake(out int leftOut)
    {
        lock (_gate)
        {
            leftOut = 0;
            var now = time.GetTimestamp();
            if (time.GetElapsedTime(_begun, now) >= Minute)
            {
                leftOut = _leftOut;
                (_begun, _written, _leftOut) = (now, 0, 0);
            }

            if (_written < perMinute)
            {
                _written++;
                return true;
            }

            _leftOut++;
            return false;
        }
    }
}
