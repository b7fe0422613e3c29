using Quorum.Functions.Http;

namespace Quorum.Functions.Tests.Http;

public sealed class InvalidParameterTests
{
    [Theory]
    [InlineData("budget", "10", "must be at least 50", "budget must be at least 50; got '10'.")]
    [InlineData("body", null, "must be empty", "body must be empty.")]
    [InlineData("symbol", "NASDAQ:MSFT", "It is MSFT here.", "symbol 'NASDAQ:MSFT': It is MSFT here.")]
    [InlineData("symbol", null, "It is missing.", "symbol: It is missing.")]
    public void A_fault_is_a_sentence(string parameter, string? value, string rule, string sentence) =>
        Assert.Equal(sentence, new InvalidParameter(parameter, value, rule).ToString());

    [Fact]
    public void Names_and_values_are_shortened_to_64_characters()
    {
        var whole = new InvalidParameter(new string('n', 64), new string('v', 64), "");
        var longer = new InvalidParameter(new string('n', 65), new string('v', 10_000), "");

        Assert.Equal((64, 64), (whole.Parameter.Length, whole.Value?.Length));
        Assert.Equal((new string('n', 64) + "…", new string('v', 64) + "…"), (longer.Parameter, longer.Value));
    }

    [Theory]
    [InlineData(20, null)]
    [InlineData(21, 1)]
    [InlineData(1_000, 980)]
    public void A_document_names_at_most_20_faults_and_counts_the_others(int faults, int? more)
    {
        var problem = RequestProblems.InvalidRequest(
            [.. Enumerable.Range(1, faults).Select(number => new InvalidParameter($"p{number}", null, "must be left out"))],
            "trace"
        );

        Assert.Equal((20, more), (problem.Errors?.Count, problem.MoreErrors));
        Assert.EndsWith(
            more is null ? "p20 must be left out." : $"There are {more} more errors.",
            problem.Detail,
            StringComparison.Ordinal
        );
    }
}
