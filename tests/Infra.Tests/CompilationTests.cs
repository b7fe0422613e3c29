using System.Text.Json.Nodes;
using Quorum.Infra.Tests.Bicep;

namespace Quorum.Infra.Tests;

[Collection(CompiledOnce.Name)]
public sealed class CompilationTests(CompiledInfrastructure infrastructure)
{
    public static TheoryData<string> ParameterFiles =>
        [.. Directory.EnumerateFiles(CompiledInfrastructure.Folder, "*.bicepparam", SearchOption.AllDirectories).Select(Relative)];

    /// <summary>The rules are those of bicepconfig.json: the recommended ones, and API versions that are current.</summary>
    [BicepFact]
    public void The_infrastructure_compiles_without_a_warning() => Assert.Empty(infrastructure.Diagnostics);

    [BicepTheory]
    [MemberData(nameof(ParameterFiles))]
    public async Task An_environment_gives_mains_parameters_without_a_warning(string path)
    {
        var result = await BicepCompiler.RunAsync(
            ["build-params", Path.Combine(CompiledInfrastructure.Folder, path), "--stdout"],
            new Dictionary<string, string>
            {
                ["QUORUM_DATABASE_ADMINISTRATOR_ID"] = "00000000-0000-0000-0000-000000000001",
                ["QUORUM_DATABASE_ADMINISTRATOR_NAME"] = "administrators",
                ["QUORUM_ALERT_EMAIL"] = "operator@example.com",
            }
        );

        Assert.Empty(result.Diagnostics);
        Assert.Equal(0, result.ExitCode);
    }

    /// <summary>azd's file of parameters is not Bicep's: nothing else checks it before a deployment.</summary>
    [BicepFact]
    public void The_parameters_of_azd_are_mains()
    {
        var given = JsonNode.Parse(File.ReadAllBytes(Path.Combine(CompiledInfrastructure.Folder, "main.parameters.json")))![
            "parameters"
        ]!.AsObject();
        var parameters = infrastructure.Template["parameters"]!.AsObject();

        Assert.Empty(given.Select(parameter => parameter.Key).Except(parameters.Select(parameter => parameter.Key)));
        Assert.Empty(
            parameters
                .Where(parameter => parameter.Value!["defaultValue"] is null)
                .Select(parameter => parameter.Key)
                .Except(given.Select(parameter => parameter.Key))
        );
    }

    /// <summary>The compiler reads what main reaches, so a module that no file names would not be checked.</summary>
    [Fact]
    public void Every_module_is_used_by_another_file()
    {
        var files = Directory.EnumerateFiles(CompiledInfrastructure.Folder, "*.bicep", SearchOption.AllDirectories).ToArray();
        var texts = files.Select(File.ReadAllText).ToArray();

        Assert.All(
            files.Select(Path.GetFileName).Except(["main.bicep"]),
            name => Assert.Contains(texts, text => text.Contains($"{name}' =", StringComparison.Ordinal))
        );
    }

    private static string Relative(string path) => Path.GetRelativePath(CompiledInfrastructure.Folder, path);
}
