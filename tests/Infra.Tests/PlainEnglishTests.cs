using System.Text.RegularExpressions;

namespace Quorum.Infra.Tests;

/// <summary>Rules of plain English for the sources. CONTRIBUTING.md has the reasons.</summary>
public sealed partial class PlainEnglishTests
{
    /// <summary>Lines that contain a banned word as the name of something outside of our language.</summary>
    private static readonly string[] Allowed = ["\"postgres\", \"nobody\"", "<c>nobody</c>", "no user postgres or nobody"];

    [Fact]
    public void No_summary_begins_with_a_question_word()
    {
        var found = Sources("src", "bench", "tests")
            .SelectMany(source =>
                QuestionSummary()
                    .Matches(source.Text)
                    .Select(match => $"{source.Name}({LineOf(source.Text, match.Index)}): {match.Groups["word"].Value}")
            );

        Assert.Empty(found);
    }

    [Fact]
    public void No_comment_or_message_has_a_banned_word()
    {
        var found = Sources("src", "bench")
            .SelectMany(source =>
                source
                    .Text.Split('\n')
                    .Index()
                    .Where(line => BannedWord().IsMatch(line.Item) && !Array.Exists(Allowed, allowed => line.Item.Contains(allowed)))
                    .Select(line => $"{source.Name}({line.Index + 1}): {line.Item.Trim()}")
            );

        Assert.Empty(found);
    }

    [Fact]
    public void The_sources_are_found() => Assert.InRange(Sources("src", "bench", "tests").Count(), 300, 5000);

    private static IEnumerable<(string Name, string Text)> Sources(params string[] folders)
    {
        var root = Root();
        return folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !BuildOutput().IsMatch(path))
            .Select(path => (Path.GetRelativePath(root, path), File.ReadAllText(path)));
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Serverless.sln")))
        {
            folder =
                Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests must run below the repository's root.");
        }

        return folder;
    }

    private static int LineOf(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;

    [GeneratedRegex(@"<summary>[\s/]*(?<word>What|Whether|How|Who|Nobody)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex QuestionSummary();

    [GeneratedRegex(
        @"\b(nobody|whoever|comes? to pass|came to pass|is told|are told|hears?|heard|says no|turned away|patience|rehearsals?|let in|at hand)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex BannedWord();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]", RegexOptions.ExplicitCapture)]
    private static partial Regex BuildOutput();
}
