namespace Quorum.Functions.Tests.EndToEnd;

internal static class ProblemAnswers
{
    /// <summary>Asserts that an answer is a complete problem document of a type.</summary>
    public static void AssertProblem(Answer answer, string type)
    {
        Assert.Equal("application/problem+json; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal(type, answer.Value("type"));
        Assert.Equal(((int)answer.Status).ToString(), answer.Value("status"));
        Assert.NotEmpty(answer.Value("title")!);
        Assert.NotEmpty(answer.Value("detail")!);
        Assert.Matches("^[0-9a-f]{32}$", answer.Value("traceId"));
    }
}
