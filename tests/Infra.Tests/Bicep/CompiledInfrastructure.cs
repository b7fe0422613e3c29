using System.Text.Json.Nodes;

namespace Quorum.Infra.Tests.Bicep;

/// <summary><c>infra/main.bicep</c>, compiled once for all tests that read it.</summary>
public sealed class CompiledInfrastructure : IAsyncLifetime
{
    /// <summary>The folder of Bicep files, as copied beside the tests.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "infra");

    /// <summary>Warnings and errors of the compiler and its linter.</summary>
    public string Diagnostics { get; private set; } = "";

    /// <summary>The ARM template of the whole infrastructure.</summary>
    public JsonObject Template { get; private set; } = [];

    /// <summary>Every resource of the template and of the templates nested in it.</summary>
    internal IReadOnlyList<ArmResource> Resources { get; private set; } = [];

    public async Task InitializeAsync()
    {
        if (BicepCompiler.Program is null)
        {
            return;
        }

        var result = await BicepCompiler.RunAsync(["build", Path.Combine(Folder, "main.bicep"), "--stdout"]);
        Assert.True(result.ExitCode == 0, result.Diagnostics);
        Diagnostics = result.Diagnostics;
        Template = JsonNode.Parse(result.Output)!.AsObject(); // A template is an object.
        Resources = [.. ResourcesOf(Template)];
    }

    public Task DisposeAsync() => Task.CompletedTask;

    internal ArmResource Resource(string type) => ResourcesOf(type).Single();

    internal IReadOnlyList<ArmResource> ResourcesOf(string type) => [.. Resources.Where(resource => resource.Type == type)];

    private static IEnumerable<ArmResource> ResourcesOf(JsonObject template)
    {
        foreach (var (_, node) in template["resources"]!.AsObject())
        {
            var resource = new ArmResource(node!.AsObject(), template);
            var nested =
                resource.Type == "Microsoft.Resources/deployments"
                    ? ResourcesOf(resource.Json["properties"]!["template"]!.AsObject())
                    : [resource];
            foreach (var one in nested)
            {
                yield return one;
            }
        }
    }
}

[CollectionDefinition(Name)]
public sealed class CompiledOnce : ICollectionFixture<CompiledInfrastructure>
{
    public const string Name = "Compiled infrastructure";
}
