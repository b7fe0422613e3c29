using System.CommandLine;

namespace Quorum.DevHost.CommandLine;

/// <summary>The data folder of a local stack, and the providers to simulate.</summary>
/// <param name="DataFolder">The folder of databases and logs; <see langword="null"/> for the one in this checkout.</param>
/// <param name="SimulateMissing">True to simulate the providers without a key beside real ones.</param>
internal sealed record StackOptions(string? DataFolder, bool SimulateMissing);

/// <summary>The options for <see cref="StackOptions"/>, which every command has.</summary>
internal sealed class StackCommandOptions
{
    private readonly Option<DirectoryInfo?> _data = new("--data")
    {
        Description = "Folder of databases and logs (default: .quorum in the repository's root).",
        HelpName = "FOLDER",
        Recursive = true,
    };

    private readonly Option<bool> _simulateMissing = new("--simulate-missing")
    {
        Description = "Simulate the providers without a key even if others are real. Every answer is then marked 'simulated'.",
        Recursive = true,
    };

    public void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_simulateMissing);
    }

    public StackOptions Of(ParseResult parsed) => new(parsed.GetValue(_data)?.FullName, parsed.GetValue(_simulateMissing));
}
