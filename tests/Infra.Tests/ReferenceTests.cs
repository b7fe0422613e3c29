using System.Text.Json;
using System.Text.RegularExpressions;
using Quorum.Infra.Tests.Bicep;

namespace Quorum.Infra.Tests;

/// <summary>What a compiler would say first: every name that is used is declared, and every module gets what it asks for.</summary>
public sealed partial class ReferenceTests
{
    private static readonly HashSet<string> Known =
    [
        "true", "false", "null", "if", "for", "in",
        "subscription", "resourceGroup", "tenant", "environment", "subscriptionResourceId", "uniqueString", "guid", "toLower", "take", "concat", "union",
        "empty", "items", "toObject", "loadTextContent", "readEnvironmentVariable",
    ];

    public static TheoryData<string> Files => [.. Infrastructure.Files.Select(file => Path.GetRelativePath(Infrastructure.Folder, file.Path))];

    public static TheoryData<string> ParameterFiles =>
        [.. Directory.EnumerateFiles(Infrastructure.Folder, "*.bicepparam", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Infrastructure.Folder, path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_name_that_is_used_is_declared(string path)
    {
        var file = Infrastructure.At(Path.Combine(Infrastructure.Folder, path));
        var declared = file.Declarations.Select(declaration => declaration.Name).Concat(Known).ToHashSet(StringComparer.Ordinal);

        var unknown = file.Declarations
            .Where(declaration => declaration.Kind is not "targetScope")
            .SelectMany(declaration => NamesIn(declaration.Value ?? "").Where(name => !declared.Contains(name) && !IsLocal(declaration.Value!, name)));

        Assert.Empty(unknown);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_parameter_and_variable_is_used(string path)
    {
        var file = Infrastructure.At(Path.Combine(Infrastructure.Folder, path));
        var used = file.Declarations.SelectMany(declaration => NamesIn(declaration.Value ?? "")).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(file.Declarations.Where(declaration => declaration.Kind is "param" or "var").Select(declaration => declaration.Name).Except(used));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void No_name_is_declared_twice(string path)
    {
        var file = Infrastructure.At(Path.Combine(Infrastructure.Folder, path));

        Assert.Empty(file.Declarations.Where(declaration => declaration is { Kind: not "output", Name: not "" })
            .GroupBy(declaration => declaration.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_module_exists_and_gets_its_parameters_and_no_others(string path)
    {
        var file = Infrastructure.At(Path.Combine(Infrastructure.Folder, path));
        foreach (var module in file.Modules)
        {
            var parameters = Infrastructure.ModuleOf(file, module).Parameters.ToArray();
            var given = BicepFile.Members(module.Find("params") ?? "{}").Keys;

            Assert.Empty(given.Except(parameters.Select(parameter => parameter.Name)));
            Assert.Empty(parameters.Where(parameter => parameter.Value is null).Select(parameter => parameter.Name).Except(given));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void An_output_of_a_module_that_is_read_exists_there(string path)
    {
        var file = Infrastructure.At(Path.Combine(Infrastructure.Folder, path));
        foreach (var module in file.Modules)
        {
            var outputs = Infrastructure.ModuleOf(file, module).Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
            var read = file.Declarations.SelectMany(declaration => Regex.Matches(
                BicepText.CodeOf(declaration.Value ?? ""), $@"\b{module.Name}!?\.outputs\.(?<output>\w+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Groups["output"].Value));

            Assert.All(read, name => Assert.Contains(name, outputs));
        }
    }

    [Fact]
    public void Every_file_is_reached_from_main()
    {
        var reached = new HashSet<BicepFile>();
        Reach(Infrastructure.Main);

        Assert.Equal(Infrastructure.Files.Count, reached.Count);

        void Reach(BicepFile file)
        {
            if (reached.Add(file))
            {
                foreach (var module in file.Modules)
                {
                    Reach(Infrastructure.ModuleOf(file, module));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void An_environment_gives_mains_parameters_and_no_others(string path)
    {
        var file = BicepFile.Read(Path.Combine(Infrastructure.Folder, path));
        var given = file.Parameters.Select(parameter => parameter.Name).ToArray();

        Assert.Equal("../main.bicep", file.Declarations.Single(declaration => declaration.Kind == "using").Type);
        Check(given);
    }

    [Fact]
    public void The_parameters_of_azd_are_mains()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Infrastructure.Folder, "main.parameters.json")));

        Check([.. file.RootElement.GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name)]);
    }

    private static void Check(string[] given)
    {
        var parameters = Infrastructure.Main.Parameters.ToArray();
        Assert.Empty(given.Except(parameters.Select(parameter => parameter.Name)));
        Assert.Empty(parameters.Where(parameter => parameter.Value is null).Select(parameter => parameter.Name).Except(given));
    }

    /// <summary>Names that stand for something: not the members of objects, nor what follows a dot.</summary>
    private static IEnumerable<string> NamesIn(string value) =>
        NamePattern().Matches(LoopPattern().Replace(BicepText.CodeOf(value), "in ${list} ,")).Select(match => match.Value).Where(name => !char.IsDigit(name[0]));

    /// <summary>A loop's or a lambda's variable.</summary>
    private static bool IsLocal(string value, string name) =>
        Regex.IsMatch(BicepText.CodeOf(value), $@"\bfor\s+{name}\s+in\b|\b{name}\s*=>", RegexOptions.None, TimeSpan.FromSeconds(1));

    /// <summary>What a loop goes through stands before a colon, as the name of a member does.</summary>
    [GeneratedRegex(@"\bin\s+(?<list>\w+)\s*:")]
    private static partial Regex LoopPattern();

    [GeneratedRegex(@"(?<![\w.?])(?<!\.\?)\w+\b(?!\s*:(?!:))")]
    private static partial Regex NamePattern();
}
