using System.Text.RegularExpressions;

namespace Quorum.Infra.Tests;

public sealed partial class WorkflowTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "workflows");

    public static TheoryData<string> Workflows => [.. Directory.EnumerateFiles(Folder, "*.yml").Select(path => Path.GetFileName(path))];

    /// <summary>A tag can be moved to other code; a commit cannot.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void An_action_is_pinned_to_a_commit_and_says_which_version_it_is(string workflow)
    {
        var uses = UsesPattern().Matches(File.ReadAllText(Path.Combine(Folder, workflow)));

        Assert.NotEmpty(uses);
        Assert.All(
            uses,
            use => Assert.Matches("^[\\w-]+/[\\w-]+(/[\\w-]+)?@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+$", use.Groups["action"].Value)
        );
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_says_what_it_may_do_and_when_it_gives_up(string workflow)
    {
        var text = File.ReadAllText(Path.Combine(Folder, workflow));

        Assert.Contains("\npermissions:\n", text, StringComparison.Ordinal);
        Assert.Equal(
            Regex.Count(text, "runs-on:", RegexOptions.None, TimeSpan.FromSeconds(1)),
            Regex.Count(text, "timeout-minutes:", RegexOptions.None, TimeSpan.FromSeconds(1))
        );
    }

    [GeneratedRegex("uses: (?<action>.+)")]
    private static partial Regex UsesPattern();
}
