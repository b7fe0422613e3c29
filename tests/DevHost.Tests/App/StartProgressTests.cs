using Quorum.DevHost.App;
using Quorum.Testing.Time;

namespace Quorum.DevHost.Tests.App;

public sealed class StartProgressTests
{
    private readonly ManualTimeProvider clock = new();
    private readonly List<string> lines = [];

    [Fact]
    public async Task Slow_steps_are_named_every_four_seconds_until_they_end()
    {
        var (postgres, azurite) = (new TaskCompletionSource<int>(), new TaskCompletionSource());
        await using var progress = new StartProgress(lines.Add, clock);
        var first = progress.Track("PostgreSQL", postgres.Task);
        var second = progress.Track("Azurite", azurite.Task);

        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Empty(lines);
        clock.Advance(TimeSpan.FromSeconds(1));
        azurite.SetResult();
        await second;
        clock.Advance(TimeSpan.FromSeconds(8));
        postgres.SetResult(5432);

        Assert.Equal(5432, await first);
        Assert.Equal(
            ["  waiting for PostgreSQL, Azurite (4 s)", "  waiting for PostgreSQL (8 s)", "  waiting for PostgreSQL (12 s)"],
            lines
        );
    }

    [Fact]
    public async Task Step_that_failed_is_not_waited_for_and_its_error_goes_to_the_caller()
    {
        await using var progress = new StartProgress(lines.Add, clock);

        await Assert.ThrowsAsync<IOException>(() => progress.Track("PostgreSQL", Task.FromException(new IOException())));
        clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Empty(lines);
    }

    [Fact]
    public async Task Nothing_is_reported_once_the_start_has_ended()
    {
        var progress = new StartProgress(lines.Add, clock);
        _ = progress.Track("The app", new TaskCompletionSource().Task);

        await progress.DisposeAsync();
        clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Empty(lines);
    }
}
