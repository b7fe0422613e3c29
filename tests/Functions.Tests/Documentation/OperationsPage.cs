namespace Quorum.Functions.Tests.Documentation;

/// <summary><c>docs/operations.md</c>, which is copied beside the tests.</summary>
internal static class OperationsPage
{
    public static string Text { get; } = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "operations.md"));

    /// <summary>The first block of code in this language.</summary>
    public static string Block(string language)
    {
        var start = Text.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return Text[start..Text.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
