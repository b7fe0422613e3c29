namespace Quorum.LocalServices.Processes;

/// <summary>Finds the programs of this checkout that were built together with this one, in the same configuration.</summary>
public static class BuiltPrograms
{
    // <root>/{src,bench}/<program>/bin/<configuration>/<framework>/
    private static readonly string Here = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
    private static readonly string Framework = Path.GetFileName(Here);
    private static readonly string Root = Path.GetFullPath(Path.Combine(Here, "..", "..", "..", "..", ".."));

    public static string Configuration { get; } = Path.GetFileName(Path.GetDirectoryName(Here)) ?? "";

    /// <summary>The app on the standalone host.</summary>
    public static string App => Find("StandaloneApp", "Quorum.StandaloneApp.dll");

    public static string Simulator => Find("ProviderSimulator", "Quorum.ProviderSimulator.dll");

    /// <summary>The <c>dotnet</c> executable that runs this process, so that child processes use the same one.</summary>
    public static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    private static string Find(string project, string file)
    {
        var path = Path.Combine(Root, "src", project, "bin", Configuration, Framework, file);
        return File.Exists(path)
            ? path
            : throw new LocalServiceException(
                $"{path} is missing. Build it: dotnet build src/{project} -c {Configuration}, at the repository's root."
            );
    }
}
