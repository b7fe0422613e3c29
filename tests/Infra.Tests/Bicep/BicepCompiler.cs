using System.Diagnostics;
using System.Reflection;

namespace Quorum.Infra.Tests.Bicep;

/// <summary>The Bicep compiler from its NuGet package. It needs no network: the types of all API versions are in the program.</summary>
internal static class BicepCompiler
{
    /// <summary>The program's path; <see langword="null"/> on a platform without a package.</summary>
    public static string? Program { get; } =
        typeof(BicepCompiler)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .SingleOrDefault(metadata => metadata.Key == "BicepCompiler")
            ?.Value;

    /// <summary>Runs the compiler until it ends.</summary>
    public static async Task<BicepResult> RunAsync(
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>>? environment = null
    )
    {
        var start = new ProcessStartInfo(
            Program ?? throw new InvalidOperationException("There is no Bicep compiler for this platform."),
            arguments
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("The Bicep compiler did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var diagnostics = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new BicepResult(process.ExitCode, await output, await diagnostics);
    }
}

/// <param name="Output">The compiled JSON.</param>
/// <param name="Diagnostics">Errors and warnings, one a line; empty when there are none.</param>
internal sealed record BicepResult(int ExitCode, string Output, string Diagnostics);
