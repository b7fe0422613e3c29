namespace Quorum.Storage.Tests.Batches;

public sealed class DeadLetterCursorTests
{
    [Theory]
    [InlineData("quote-batches", "5f1c9b0e-2a")]
    [InlineData("q", "with.dots.and-hyphens")]
    public void A_written_cursor_is_read_as_it_was(string queue, string message)
    {
        var cursor = new DeadLetterCursor(
            new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero).AddMicroseconds(1),
            new DeadLetterId(queue, message)
        );

        Assert.True(DeadLetterCursor.TryParse(cursor.ToString(), out var read));
        Assert.Equal(cursor, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("63899247600000000")]
    [InlineData("63899247600000000-")]
    [InlineData("63899247600000000-queue")]
    [InlineData("-63899247600000000-queue.id")]
    [InlineData("99999999999999999999-queue.id")]
    [InlineData("time-queue.id")]
    public void An_invented_cursor_is_rejected(string text) => Assert.False(DeadLetterCursor.TryParse(text, out _));

    [Theory]
    [InlineData("queue.id", true)]
    [InlineData("queue.", false)]
    [InlineData(".id", false)]
    [InlineData("queue", false)]
    [InlineData("queue.i\nd", false)]
    [InlineData("queue.i\u0085d", false)]
    public void An_id_has_a_queue_a_dot_and_a_message(string text, bool isOne)
    {
        Assert.Equal(isOne, DeadLetterId.TryParse(text, out var id));
        Assert.Equal(isOne ? text : ".", id.ToString());
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public void An_id_has_at_most_200_characters(int length, bool isOne) =>
        Assert.Equal(isOne, DeadLetterId.TryParse("queue." + new string('x', length - 6), out _));
}
