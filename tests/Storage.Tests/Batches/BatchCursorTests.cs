namespace Quorum.Storage.Tests.Batches;

public sealed class BatchCursorTests
{
    [Theory]
    [InlineData("b1")]
    [InlineData("2026-11-20-nightly")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_written_cursor_is_read_as_it_was(string id)
    {
        var cursor = new BatchCursor(new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero).AddMicroseconds(7), id);

        Assert.True(BatchCursor.TryParse(cursor.ToString(), out var read));
        Assert.Equal(cursor, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("b1")]
    [InlineData("-b1")]
    [InlineData("63899247600000000-")]
    [InlineData("63899247600000000")]
    [InlineData("+63899247600000000-b1")]
    [InlineData(" 63899247600000000-b1")]
    [InlineData("6.3e16-b1")]
    [InlineData("9223372036854775807-b1")]
    [InlineData("92233720368547758080-b1")]
    [InlineData("63899247600000000-b\01")]
    [InlineData("63899247600000000-01234567890123456789012345678901234567890123456789012345678901234")]
    public void An_invented_cursor_is_rejected(string text) => Assert.False(BatchCursor.TryParse(text, out _));
}
