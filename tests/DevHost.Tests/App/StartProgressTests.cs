using Quorum.DevHost.App;
using Quorum.Testing.Time;

namespace Quorum.DevHost.Tests.App;

public sealed class StartProgressTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<string> _lines = [];

    [Fact]
    public async Task Slow_steps_are_named_every_four_seconds_until_they_end()
    {
        var (postgres, azurite) = (new TaskCompletionSource<int>(), new TaskCompletionSource());
        await using var progress = new StartProgress(_lines.Add, _clock);
        var first = progress.Track("PostgreSQL", postgres.Task);
        var second = progress.Track("Azurite", azurite.Task);

        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Empty(_lines);
        _clock.Advance(TimeSpan.FromSeconds(1));
        azurite.SetResult();
        await second;
        _clock.Advance(TimeSpan.FromSeconds(8));
        postgres.SetResult(5432);

        Assert.Equal(5432, await first);
        Assert.Equal(
            ["  waiting for PostgreSQL, Azurite (4 s)", "  waiting for PostgreSQL (8 s)", "  waiting for PostgreSQL (12 s)"],
            _lines
        );
    }

    [Fact]
    public async Task Step_that_failed_is_not_waited_for_and_its_error_goes_to_the_caller()
    {
        await using var progress = new StartProgress(_lines.Add, _clock);

        await Assert.ThrowsAsync<IOException>(() => progress.Track("PostgreSQL", Task.FromException(new IOException())));
        _clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Empty(_lines);
    }

    [Fact]
    public async Task Nothing_is_reported_once_the_start_has_ended()
    {
        var progress = new StartProgress(_lines.Add, _clock);
        _ = progress.Track("The app", new TaskCompletionSource().Task);

        await progress.DisposeAsync();
        _clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Empty(_lines);
    }
}
