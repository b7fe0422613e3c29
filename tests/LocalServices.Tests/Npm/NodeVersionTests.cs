using Quorum.LocalServices.Npm;

namespace Quorum.LocalServices.Tests.Npm;

public sealed class NodeVersionTests
{
    [Theory]
    [InlineData("v22.0.0")]
    [InlineData("v26.3.1")]
    [InlineData("something else")]
    [InlineData("")]
    public void Recommended_or_unreadable_version_passes_silently(string output) =>
        Assert.Null(NodeVersion.Advice(output, NodeVersion.Recommended));

    [Theory]
    [InlineData("v20.20.2")]
    [InlineData("v21.7.3")]
    public void Older_version_that_works_is_warned_about(string output) =>
        Assert.Contains("22 or later", NodeVersion.Advice(output, NodeVersion.Recommended), StringComparison.Ordinal);

    [Fact]
    public void Older_version_passes_for_packages_that_ask_for_no_newer_one() =>
        Assert.Null(NodeVersion.Advice("v20.20.2", NodeVersion.Oldest));

    [Theory]
    [InlineData("v18.20.4")]
    [InlineData("v9.0.0")]
    public void Too_old_version_is_refused_with_the_remedy(string output)
    {
        var error = Assert.Throws<LocalServiceException>(() => NodeVersion.Advice(output, NodeVersion.Oldest));

        Assert.Contains(output, error.Message, StringComparison.Ordinal);
        Assert.Contains("Install Node.js 22", error.Message, StringComparison.Ordinal);
    }
}
