using System.Runtime.Versioning;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Npm;

/// <summary>Scripts named node and npm, which are found before the real ones.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class FakeNode : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryVariable _path;

    /// <param name="version">The output of node --version. Node notes other calls.</param>
    /// <param name="npm">The script of npm, after it has noted its call.</param>
    public FakeNode(string version, string npm)
    {
        Write("node", $"[ \"$1\" = --version ] && echo {version} && exit\necho \"node $1 in $PWD\" >>'{_folder["calls"]}'");
        Write("npm", $"echo \"npm $*\" >>'{_folder["calls"]}'\nenv >'{_folder["environment"]}'\n{npm}");
        _path = new TemporaryVariable("PATH", $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}");
    }

    public string[] Calls => File.Exists(_folder["calls"]) ? File.ReadAllLines(_folder["calls"]) : [];

    /// <summary>The environment of the last call of npm, as lines.</summary>
    public string[] NpmEnvironment => File.ReadAllLines(_folder["environment"]);

    public void Dispose()
    {
        _path.Dispose();
        _folder.Dispose();
    }

    private void Write(string name, string script)
    {
        File.WriteAllText(_folder[name], $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
