using Npgsql;

namespace Quorum.Storage;

/// <summary>
/// The time of PostgreSQL, which all processes of the app share: a process whose own clock is minutes ahead or behind, or is set while it
/// runs, publishes and judges quotes at the same times as the others. Between two measurements it advances by the timer of the machine,
/// which no one sets.
/// </summary>
/// <param name="machine">The clock of the machine: the time until the first measurement, and always the source of timers.</param>
public sealed class DatabaseClock(TimeProvider machine) : TimeProvider
{
    private volatile Measurement? _last;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => _last is { } last ? TimeAt(last, machine.GetTimestamp()) : machine.GetUtcNow();

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Asks PostgreSQL for its time.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer; the clock continues.</exception>
    internal async Task MeasureAsync(QuorumDatabase database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        var sent = machine.GetTimestamp();
        var time = (DateTime?)await command.ExecuteScalarAsync(cancellationToken);
        Set(new DateTimeOffset(time!.Value, TimeSpan.Zero), sent, machine.GetTimestamp()); // one row with one value
    }

    /// <summary>Sets the clock to a time that was read between two timestamps. Within that uncertainty it is left as it is, so that it does
    /// not jump back and forth.</summary>
    internal void Set(DateTimeOffset time, long sent, long received)
    {
        var uncertainty = machine.GetElapsedTime(sent, received) / 2;
        var measured = new Measurement(time + uncertainty, received);
        if (_last is not { } last || (TimeAt(last, received) - measured.Time).Duration() > uncertainty)
        {
            _last = measured;
        }
    }

    private DateTimeOffset TimeAt(Measurement measurement, long timestamp) =>
        measurement.Time + machine.GetElapsedTime(measurement.Timestamp, timestamp);

    private sealed record Measurement(DateTimeOffset Time, long Timestamp);
}
