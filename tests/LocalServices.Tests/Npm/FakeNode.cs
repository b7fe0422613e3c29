using System.Runtime.Versioning;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Npm;

/// <summary>Scripts named node and npm, which are found before the real ones.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class FakeNode : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TemporaryVariable path;

    /// <param name="version">The output of node --version. Node notes other calls.</param>
    /// <param name="npm">The script of npm, after it has noted its call.</param>
    public FakeNode(string version, string npm)
    {
        Write("node", $"[ \"$1\" = --version ] && echo {version} && exit\necho \"node $1 in $PWD\" >>'{folder["calls"]}'");
        Write("npm", $"echo \"npm $*\" >>'{folder["calls"]}'\nenv >'{folder["environment"]}'\n{npm}");
        path = new TemporaryVariable("PATH", $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}");
    }

    public string[] Calls => File.Exists(folder["calls"]) ? File.ReadAllLines(folder["calls"]) : [];

    /// <summary>The environment of the last call of npm, as lines.</summary>
    public string[] NpmEnvironment => File.ReadAllLines(folder["environment"]);

    public void Dispose()
    {
        path.Dispose();
        folder.Dispose();
    }

    private void Write(string name, string script)
    {
        File.WriteAllText(folder[name], $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
