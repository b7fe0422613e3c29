using Quorum.DevHost.Batches;

namespace Quorum.DevHost.Tests.Batches;

/// <summary>The progress where standard error is redirected.</summary>
public sealed class ProgressDisplayTests
{
    [Fact]
    public async Task Each_tenth_is_one_line_however_often_the_state_is_read() =>
        Assert.Equal(
            "21 of 200\n40 of 200\n199 of 200\n200 of 200\n",
            await LinesAsync(Of(0), Of(19), Of(21), Of(39), Of(40), Of(199), Of(200, isFinished: true))
        );

    [Fact]
    public async Task Items_that_failed_or_were_cancelled_have_ended_too() =>
        Assert.Equal("8 of 8\n", await LinesAsync(new BatchState(8, Done: 3, Failed: 4, Cancelled: 1, IsFinished: true)));

    [Fact]
    public void Batches_of_one_file_have_ended_together() =>
        Assert.Equal(
            new BatchState(1200, 1003, 2, 1, IsFinished: false),
            new BatchState(1000, 999, 1, 0, IsFinished: true) + new BatchState(200, 4, 1, 1, IsFinished: false)
        );

    private static BatchState Of(int done, bool isFinished = false) => new(200, done, 0, 0, isFinished);

    private static async Task<string> LinesAsync(params BatchState[] states)
    {
        await using var lines = new StringWriter { NewLine = "\n" };

        Assert.Equal(states[^1], await ProgressDisplay.FollowPlainlyAsync(states.ToAsyncEnumerable(), lines));
        return lines.ToString();
    }
}
