namespace Quorum.ProviderSimulator.Tests;

public sealed class QuotaWindowTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 17, 12, 0, 20, 500, TimeSpan.Zero);

    [Theory]
    [InlineData("second", "12:00:21")]
    [InlineData("minute", "12:01:00")]
    [InlineData("day", "00:00:00")]
    public void A_calendar_window_starts_anew_with_its_span(string span, string reset)
    {
        var window = QuotaWindow.Of(new QuotaLimit(Enum.Parse<QuotaSpan>(span, ignoreCase: true), 2, QuotaWindowKind.Calendar));
        window.Add(Noon, 2);

        Assert.Equal(reset, window.ResetAt(Noon).ToString("HH:mm:ss", null));
        Assert.Equal(window.ResetAt(Noon), window.FreeAt(Noon, 1));
        Assert.Equal((2, 0), (window.UsedAt(window.ResetAt(Noon).AddTicks(-1)), window.UsedAt(window.ResetAt(Noon))));
    }

    [Fact]
    public void The_days_of_a_window_are_those_of_UTC()
    {
        var window = QuotaWindow.Of(new QuotaLimit(QuotaSpan.Day, 1, QuotaWindowKind.Calendar));

        Assert.Equal(
            new DateTimeOffset(2026, 6, 18, 0, 0, 0, TimeSpan.Zero),
            window.ResetAt(new DateTimeOffset(2026, 6, 18, 1, 0, 0, TimeSpan.FromHours(2)))
        );
    }

    [Fact]
    public void A_call_that_fits_is_free_now()
    {
        foreach (var kind in Enum.GetValues<QuotaWindowKind>())
        {
            var window = QuotaWindow.Of(new QuotaLimit(QuotaSpan.Minute, 3, kind));
            window.Add(Noon, 2);

            Assert.Equal(Noon, window.FreeAt(Noon, 1));
        }
    }

    [Fact]
    public void A_sliding_window_is_free_when_enough_of_its_oldest_calls_have_left()
    {
        var window = QuotaWindow.Of(new QuotaLimit(QuotaSpan.Minute, 5));
        window.Add(Noon, 2);
        window.Add(Noon.AddSeconds(10), 2);
        window.Add(Noon.AddSeconds(20), 1);
        var now = Noon.AddSeconds(30);

        Assert.Equal(Noon.AddSeconds(60), window.ResetAt(now));
        Assert.Equal([60, 60, 70, 70, 80], Enumerable.Range(1, 5).Select(cost => (int)(window.FreeAt(now, cost) - Noon).TotalSeconds));
    }

    [Fact]
    public void An_empty_sliding_window_has_nothing_to_wait_for() =>
        Assert.Equal(Noon, QuotaWindow.Of(new QuotaLimit(QuotaSpan.Minute, 5)).ResetAt(Noon));
}
