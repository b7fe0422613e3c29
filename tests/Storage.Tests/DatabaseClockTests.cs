namespace Quorum.Storage.Tests;

public sealed class DatabaseClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private readonly Machine _machine = new() { Now = Noon };
    private readonly DatabaseClock _clock;

    public DatabaseClockTests() => _clock = new DatabaseClock(_machine);

    [Fact]
    public void It_has_the_time_of_the_machine_until_PostgreSQL_was_asked() => Assert.Equal(Noon, _clock.GetUtcNow());

    [Fact]
    public void It_has_the_time_of_PostgreSQL_however_wrong_the_machine_is_and_whenever_that_is_set()
    {
        _clock.Set(Noon.AddMinutes(5), _machine.GetTimestamp(), _machine.GetTimestamp());
        Assert.Equal(Noon.AddMinutes(5), _clock.GetUtcNow());

        _machine.Now = Noon.AddHours(-1);
        _machine.Elapse(TimeSpan.FromSeconds(3));

        Assert.Equal(Noon.AddMinutes(5).AddSeconds(3), _clock.GetUtcNow());
    }

    [Fact]
    public void A_measurement_counts_for_the_middle_of_its_round_trip()
    {
        var sent = _machine.GetTimestamp();
        _machine.Elapse(TimeSpan.FromMilliseconds(10));

        _clock.Set(Noon.AddMinutes(5), sent, _machine.GetTimestamp());

        Assert.Equal(Noon.AddMinutes(5).AddMilliseconds(5), _clock.GetUtcNow());
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(-4, 0)]
    [InlineData(6, 6)]
    [InlineData(-6, -6)]
    public void A_later_measurement_moves_it_only_by_more_than_its_uncertainty(int milliseconds, int moved)
    {
        _clock.Set(Noon, _machine.GetTimestamp(), _machine.GetTimestamp());
        var sent = _machine.GetTimestamp();
        _machine.Elapse(TimeSpan.FromMilliseconds(10));

        _clock.Set(Noon.AddMilliseconds(5 + milliseconds), sent, _machine.GetTimestamp());

        Assert.Equal(Noon.AddMilliseconds(10 + moved), _clock.GetUtcNow());
    }

    /// <summary>A machine whose wall clock is set independently of its timer.</summary>
    private sealed class Machine : TimeProvider
    {
        private long _ticks;

        public DateTimeOffset Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => _ticks;

        public void Elapse(TimeSpan time) => _ticks += time.Ticks;
    }
}
