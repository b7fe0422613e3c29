namespace Quorum.Infra.Tests.Bicep;

/// <summary>All Bicep files of the repository, as copied beside the tests.</summary>
internal static class Infrastructure
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "infra");

    public static IReadOnlyList<BicepFile> Files { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.bicep", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(BicepFile.Read)];

    public static BicepFile Main => At(Path.Combine(Folder, "main.bicep"));

    public static BicepFile At(string path) => Files.Single(file => file.Path == Path.GetFullPath(path));

    public static BicepFile ModuleOf(BicepFile file, Declaration module) => At(Path.Combine(Path.GetDirectoryName(file.Path)!, module.Type)); // A file lies in a folder.

    /// <summary>The only resource of a type, whatever its API version.</summary>
    public static Declaration Resource(string type) => Resources(type).Single();

    public static IReadOnlyList<Declaration> Resources(string type) =>
        [.. Files.SelectMany(file => file.Resources).Where(resource => resource.Type.StartsWith($"{type}@", StringComparison.Ordinal))];
}
