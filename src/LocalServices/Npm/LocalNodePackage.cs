using System.Reflection;

namespace Quorum.LocalServices.Npm;

/// <summary>A set of npm packages that an assembly pins, and the file that proves a complete installation.</summary>
/// <param name="Set">The folder of <c>npm/</c> beside this project that holds <c>package.json</c> and its lock.</param>
/// <param name="RequiredFile">A file below <c>node_modules</c> without which the set does not work, with forward slashes.</param>
/// <param name="MissingMeans">The likely cause when npm succeeds without that file, as a sentence.</param>
/// <param name="MegabytesOnDisk">The size of the installation, rounded.</param>
public sealed record LocalNodePackage(string Set, string RequiredFile, string MissingMeans, int MegabytesOnDisk)
{
    /// <summary>The major version of Node.js that the set asks for; an older one that works is reported.</summary>
    public int RecommendedNode { get; init; } = NodeVersion.Oldest;

    /// <summary>The assembly that holds the set, as resources <c>npm/{set}/package.json</c>, <c>package-lock.json</c> and <c>.npmrc</c>.
    /// Default: this one.</summary>
    public Assembly Source { get; init; } = typeof(LocalNodePackage).Assembly;
}
