using System.CommandLine;
using System.Text.RegularExpressions;
using Quorum.DevHost.CommandLine;

namespace Quorum.DevHost.Tests.CommandLine;

[Collection(SerialConsole.Name)]
public sealed class DevHostCommandLineTests
{
    public static TheoryData<string> Commands => [.. All(DevHostCommandLine.Create()).Select(command => command.Path)];

    [Fact]
    public async Task Wrong_command_line_ends_with_code_2_and_each_error_on_standard_error() =>
        Assert.Equal(
            new CommandRun(
                2,
                "",
                "--budget must be between 50 and 10000 ms; got 1.\n--agree must be between 2 and 6, or all; got 7.\nSee --help.\n"
            ),
            await CommandRun.OfAsync("quote", "AAPL", "--budget", "1", "--agree", "7")
        );

    [Theory]
    [InlineData("budget", "50", "10000", "49", "10001")]
    [InlineData("agree", "2", "6", "1", "7")]
    public void Bounds_belong_to_the_range(string option, string min, string max, string below, string above)
    {
        Assert.All((string[])[min, max], value => Assert.Empty(Errors(value)));
        Assert.All((string[])[below, above, "many", ""], value => Assert.NotEmpty(Errors(value)));

        IEnumerable<string> Errors(string value) =>
            DevHostCommandLine.Create().Parse(["quote", "AAPL", $"--{option}", value]).Errors.Select(error => error.Message);
    }

    [Theory]
    [InlineData("RESULTS.CSV", true)]
    [InlineData("folder.x/results.jsonl", true)]
    [InlineData("results.json", false)]
    [InlineData("results", false)]
    [InlineData("csv", false)]
    public void Form_of_the_result_is_the_ending_of_its_name(string path, bool isRight) =>
        Assert.Equal(isRight, DevHostCommandLine.Create().Parse(["batch", "positions.csv", "--output", path]).Errors.Count == 0);

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_describes_each_argument_and_option(string path)
    {
        var command = All(DevHostCommandLine.Create()).Single(candidate => candidate.Path == path).Command;
        var symbols = command.Arguments.Cast<Symbol>().Concat(command.Options).ToList();
        using var output = new StringWriter();

        await DevHostCommandLine
            .Create()
            .Parse([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])
            .InvokeAsync(new() { Output = output });

        Assert.All(symbols.Append(command), symbol => Assert.False(string.IsNullOrWhiteSpace(symbol.Description), symbol.Name));
        Assert.All(symbols, symbol => Assert.Contains(symbol.Name, output.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Commands_in_the_documents_are_right()
    {
        var root = Root();
        var commands = Directory
            .EnumerateFiles(Path.Combine(root, "docs"), "*.md")
            .Append(Path.Combine(root, "README.md"))
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"dotnet run --project src/DevHost( -- (?<args>[^`#\r\n]+))?"))
            .Select(match => match.Groups["args"].Value.Trim())
            .ToList();

        Assert.Contains(commands, command => command.StartsWith("keys create ", StringComparison.Ordinal));
        Assert.All(commands, command => Assert.Empty(DevHostCommandLine.Create().Parse(command).Errors));
    }

    private static IEnumerable<(string Path, Command Command)> All(Command command, string path = "") =>
        command.Subcommands.SelectMany(child => All(child, $"{path} {child.Name}".Trim())).Prepend((path, command));

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
}
