using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag.CodeGeneration.CSharp;
using Quorum.Functions.OpenApi;
using Quorum.LocalServices;
using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Npm;
using Quorum.LocalServices.Processes;
using Quorum.Testing;

namespace Quorum.Functions.Tests.OpenApi;

/// <summary>Other people's linters and client generators judge openapi.json. Where npm cannot install them, as offline, those of npm are
/// skipped, but not in CI.</summary>
public sealed class OpenApiToolsTests
{
    private static readonly LocalNodePackage Tools = new(
        "openapi-tools",
        "openapi-typescript/bin/cli.js",
        "The registry could not give a package.",
        MegabytesOnDisk: 130
    )
    {
        Source = typeof(OpenApiToolsTests).Assembly,
    };

    [SkippableFact]
    public async Task Redocly_finds_neither_errors_nor_warnings()
    {
        using var folder = await FolderWithDocumentAsync();
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "redocly.yaml"),
            """
            extends:
              - recommended-strict
            rules:
              operation-4xx-response: off # health and this document take nothing that could be wrong, and no key
            """
        );

        await RunAsync(folder, "@redocly/cli/bin/cli.js", "lint", "openapi.json", "--config", "redocly.yaml");
    }

    [SkippableFact]
    public async Task Spectral_finds_neither_errors_nor_warnings()
    {
        using var folder = await FolderWithDocumentAsync();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, ".spectral.yaml"), "extends: [\"spectral:oas\"]\n");

        await RunAsync(folder, "@stoplight/spectral-cli/dist/index.js", "lint", "openapi.json", "--fail-severity", "warn");
    }

    [SkippableFact]
    public async Task A_client_in_TypeScript_is_generated_and_compiles()
    {
        using var folder = await FolderWithDocumentAsync();
        await RunAsync(folder, "openapi-typescript/bin/cli.js", "openapi.json", "--output", "quorum.d.ts");
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "client.ts"),
            """
            import type { components, paths } from "./quorum";

            type Answer = paths["/quotes/{symbol}"]["get"]["responses"][200]["content"]["application/json"];

            export function describe(quote: Answer): string {
              const first: components["schemas"]["ProviderResult"] | undefined = quote.providers[0];
              const outliers: string[] = quote.quality.outliers;
              const price: number | null = quote.price;
              return `${quote.symbol} ${price} ${first?.id} ${outliers.length}`;
            }
            """
        );

        await RunAsync(folder, "typescript/bin/tsc", "--noEmit", "--strict", "client.ts");
    }

    [Fact]
    public async Task A_client_in_CSharp_is_generated_and_compiles()
    {
        var document = await NSwag.OpenApiDocument.FromJsonAsync(System.Text.Encoding.UTF8.GetString(OpenApiDocument.Utf8.Span));
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "QuorumClient",
            CSharpGeneratorSettings =
            {
                Namespace = "Generated",
                JsonLibrary = CSharpJsonLibrary.SystemTextJson,
                GenerateNullableReferenceTypes = true,
            },
        };
        var code = new CSharpClientGenerator(document, settings).GenerateFile();

        var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!) // Every .NET process has it.
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Generated",
            [CSharpSyntaxTree.ParseText(code)],
            assemblies,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );

        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        var client = compilation.GetTypeByMetadataName("Generated.QuorumClient")!;
        Assert.All(
            ApiDescription.Operations,
            operation => Assert.NotEmpty(client.GetMembers(char.ToUpperInvariant(operation.Id[0]) + operation.Id[1..] + "Async"))
        );
        Assert.Equal(
            "decimal?",
            ((IPropertySymbol)compilation.GetTypeByMetadataName("Generated.Quote")!.GetMembers("Price").Single()).Type.ToDisplayString()
        );
    }

    private static async Task<TemporaryFolder> FolderWithDocumentAsync()
    {
        var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "openapi.json"), OpenApiDocument.Utf8.ToArray());
        return folder;
    }

    /// <summary>Runs a tool in the folder; its exit code and output are the judgement.</summary>
    private static async Task RunAsync(TemporaryFolder folder, string script, params string[] arguments)
    {
        var modules = await InstallAsync();
        await ChildProcess.RunToEndAsync(
            new ChildCommand
            {
                Name = script,
                Program = "node",
                Arguments = [Path.Combine(modules, script), .. arguments],
                WorkingDirectory = folder.Path,
                Environment = new Dictionary<string, string?>
                {
                    ["REDOCLY_TELEMETRY"] = "off",
                    ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true",
                },
            },
            CancellationToken.None
        );
    }

    private static async Task<string> InstallAsync()
    {
        try
        {
            return await LocalNodePackages.InstallAsync(Tools, LocalFolder.Locate());
        }
        catch (LocalServiceException exception) when (Environment.GetEnvironmentVariable("CI") is null)
        {
            throw new SkipException($"npm cannot install the tools: {exception.Message}", exception);
        }
    }
}
