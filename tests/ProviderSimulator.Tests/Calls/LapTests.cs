using System.Diagnostics;

namespace Quorum.ProviderSimulator.Tests;

public sealed class LapTests
{
    private static readonly long Second = Stopwatch.Frequency;

    [Fact]
    public void It_spans_from_the_first_arrival_to_the_last_answer_and_has_the_longest_hold()
    {
        var lap = new Lap();
        lap.Add(10 * Second, 12 * Second);
        lap.Add(9 * Second, 10 * Second);
        lap.Add(11 * Second, 14 * Second);

        Assert.Equal((3L, 3_000d, 5_000d), lap.ReadAndReset());
    }

    [Fact]
    public void A_reading_begins_the_next_lap()
    {
        var lap = new Lap();
        lap.Add(0, Second);
        lap.ReadAndReset();

        Assert.Equal((0L, 0d, 0d), lap.ReadAndReset());
        lap.Add(5 * Second, 6 * Second);
        Assert.Equal((1L, 1_000d, 1_000d), lap.ReadAndReset());
    }
}
