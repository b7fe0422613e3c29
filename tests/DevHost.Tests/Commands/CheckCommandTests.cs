using System.Text;
using Quorum.DevHost.Commands;

namespace Quorum.DevHost.Tests.Commands;

public sealed class CheckCommandTests
{
    [Theory]
    [InlineData("ok", "works", true)]
    [InlineData("disabled", "not configured", true)]
    [InlineData("not-covered", "not-covered", true)]
    [InlineData("invalid-key", "key refused", false)]
    [InlineData("plan-restricted", "not in the plan", false)]
    [InlineData("unreachable", "unreachable", false)]
    [InlineData("timed-out", "unreachable", false)]
    [InlineData("rate-limited", "works, but no calls left", false)]
    [InlineData("quota-exhausted", "works, but no calls left", false)]
    [InlineData("malformed-response", "malformed-response", false)]
    public void Each_outcome_has_a_verdict_and_only_a_provider_that_works_passes(string outcome, string verdict, bool works)
    {
        var (lines, allWork) = Read($$"""{"providers":[{"id":"finnhub","outcome":"ok"},{"id":"eodhd","outcome":"{{outcome}}"}]}""");

        Assert.Equal(["finnhub        works", $"eodhd          {verdict}"], lines);
        Assert.Equal(works, allWork);
    }

    [Fact]
    public void Detail_of_a_provider_stands_beside_its_verdict() =>
        Assert.Equal(
            ["alpha-vantage  key refused            Status 401."],
            Read("""{"title":"No quote","providers":[{"id":"alpha-vantage","outcome":"invalid-key","detail":"Status 401."}]}""").Lines
        );

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("""{"title":"Starting"}""")]
    public void Answer_without_providers_is_not_read(string body) =>
        Assert.False(CheckCommand.TryReadProviders(Encoding.UTF8.GetBytes(body), out _, out _));

    private static (List<string> Lines, bool AllWork) Read(string body)
    {
        Assert.True(CheckCommand.TryReadProviders(Encoding.UTF8.GetBytes(body), out var lines, out var allWork));
        return (lines, allWork);
    }
}
