using Quorum.StandaloneHost.Hosting.Http;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("/api/quotes/AAPL?x=1", true)]
    [InlineData("/%", true)]
    [InlineData("/%zz", true)]
    [InlineData("/%4", true)]
    [InlineData("/%C3%A9", true)]
    [InlineData("/%E2%82%AC%20", true)]
    [InlineData("/%F0%9F%98%80", true)]
    [InlineData("/%C3", false)]
    [InlineData("/%C3x%A9", false)]
    [InlineData("/%A9", false)]
    [InlineData("/%C0%80", false)]
    [InlineData("/%ED%A0%80", false)]
    [InlineData("/ok?x=%41&y=%FF", false)]
    [InlineData("/%u0041", true)]
    [InlineData("/%uD800", false)]
    [InlineData("/%uDFFF?x", false)]
    [InlineData("/%UD800", true)]
    [InlineData("/%41%uD83D", false)]
    [InlineData("/%%FF", false)]
    public void Escaped_bytes_must_be_UTF_8_and_escaped_units_whole_characters(string target, bool isText) =>
        Assert.Equal(isText, RequestTarget.IsText(target));

    [Fact]
    public void A_long_target_is_read_to_its_end()
    {
        var escapes = string.Concat(Enumerable.Repeat("%C3%A9", 2_000));

        Assert.True(RequestTarget.IsText("/" + escapes));
        Assert.False(RequestTarget.IsText("/" + escapes + "%C3"));
    }
}
