namespace Quorum.StandaloneHost.Tests.Worker.App;

/// <summary>A directory with an app's files, gone with the test.</summary>
internal sealed class AppFiles : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("functions-app-").FullName;

    public AppFiles With(string name, string text)
    {
        File.WriteAllText(Path.Combine(Directory, name), text);
        return this;
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
