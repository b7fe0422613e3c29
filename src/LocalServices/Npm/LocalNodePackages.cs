using System.Security.Cryptography;
using System.Text;
using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Processes;

namespace Quorum.LocalServices.Npm;

/// <summary>Installs npm packages exactly as a lock file in an assembly pins them, once per lock file.</summary>
public static class LocalNodePackages
{
    private static readonly string[] Files = ["package.json", "package-lock.json", ".npmrc"];

    /// <summary>
    /// Installs a set of packages unless it is installed completely; processes that ask at the same time wait for the first.
    /// </summary>
    /// <param name="package">The set.</param>
    /// <param name="localFolder">The parent of the installation folder: <see cref="LocalFolder.Locate"/>.</param>
    /// <param name="report">Receives a line before each slow step; <see langword="null"/> for none.</param>
    /// <returns>The <c>node_modules</c> folder.</returns>
    /// <exception cref="LocalServiceException">
    /// Node.js is missing or too old, npm failed, or npm left a file out; the message gives the remedy.
    /// </exception>
    public static async Task<string> InstallAsync(
        LocalNodePackage package,
        string localFolder,
        Action<string>? report = null,
        CancellationToken cancellationToken = default
    )
    {
        var contents = await ReadFilesAsync(package, cancellationToken);
        var packages = Path.Combine(localFolder, "packages");
        var installed = Path.Combine(packages, $"{package.Set}-{Hash(contents)}");
        var modules = Path.Combine(installed, "node_modules");
        if (IsComplete(modules, package))
        {
            return modules;
        }

        using var alone = await FolderLock.TakeAsync(installed + ".lock", cancellationToken);
        if (IsComplete(modules, package))
        {
            return modules;
        }

        await NodeVersion.CheckAsync(package.RecommendedNode, report, cancellationToken);
        report?.Invoke($"Installing {package.Set} from npm into {installed} (once, {package.MegabytesOnDisk} MB on disk) ...");
        var partial = installed + ".partial"; // an interrupted installation starts again from an empty folder
        DeleteFolder(partial);
        DeleteFolder(installed); // exists only where an earlier installation left files out
        LocalFolder.CreateOpen(partial);
        foreach (var (name, content) in contents)
        {
            await File.WriteAllTextAsync(Path.Combine(partial, name), content, cancellationToken);
        }

        var partialModules = Path.Combine(partial, "node_modules");
        await RunNpmAsync(package.Set, partial, cancellationToken);
        if (!IsComplete(partialModules, package))
        {
            // npm exits with 0 when it leaves out an optional package that it could not download.
            DeleteFolder(partial);
            throw new LocalServiceException(
                $"npm installed {package.Set} without {package.RequiredFile}: {package.MissingMeans} "
                    + "Check the network and the npm registry (npm config get registry), then start again; nothing half-installed was kept."
            );
        }

        await HydrateSymlinksAsync(partialModules, cancellationToken);
        Directory.Move(partial, installed);
        return modules;
    }

    private static bool IsComplete(string modules, LocalNodePackage package) =>
        File.Exists(Path.Combine(modules, package.RequiredFile.Replace('/', Path.DirectorySeparatorChar)));

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task RunNpmAsync(string set, string folder, CancellationToken cancellationToken)
    {
        // Install scripts of packages do not run, except the one needed here, which is run by name below.
        string[] arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        var npm = new ChildCommand
        {
            Name = $"npm (installing {set})",
            Program = OperatingSystem.IsWindows() ? "npm.cmd" : "sh",
            Arguments = OperatingSystem.IsWindows() ? arguments : ["-c", "umask 022; exec npm \"$@\"", "npm", .. arguments],
            Environment = ChildEnvironment.OfNpm(),
            WorkingDirectory = folder,
        };
        return RunNodeToolAsync(npm, cancellationToken);
    }

    /// <summary>
    /// Creates the symbolic links of PostgreSQL's packages, which list them in a file with a script: npm packages cannot hold links.
    /// </summary>
    private static async Task HydrateSymlinksAsync(string modules, CancellationToken cancellationToken)
    {
        foreach (var script in Directory.EnumerateFiles(modules, "hydrate-symlinks.js", SearchOption.AllDirectories))
        {
            var node = new ChildCommand
            {
                Name = "node",
                Program = "node",
                Arguments = [script],
                WorkingDirectory = Path.GetDirectoryName(Path.GetDirectoryName(script)),
            };
            await RunNodeToolAsync(node, cancellationToken);
        }
    }

    private static async Task RunNodeToolAsync(ChildCommand command, CancellationToken cancellationToken)
    {
        try
        {
            await ChildProcess.RunToEndAsync(command, cancellationToken);
        }
        catch (LocalServiceException exception) when (!NodeVersion.IsInstalled)
        {
            throw NodeVersion.Missing(exception);
        }
    }

    private static async Task<List<(string Name, string Content)>> ReadFilesAsync(
        LocalNodePackage package,
        CancellationToken cancellationToken
    )
    {
        var contents = new List<(string, string)>(Files.Length);
        foreach (var name in Files)
        {
            var resource = $"npm/{package.Set}/{name}";
            await using var stream =
                package.Source.GetManifestResourceStream(resource)
                ?? throw new ArgumentException($"No {resource} in the assembly.", nameof(package));
            using var reader = new StreamReader(stream);
            contents.Add((name, await reader.ReadToEndAsync(cancellationToken)));
        }
        return contents;
    }

    private static string Hash(List<(string Name, string Content)> contents)
    {
        var text = string.Join('\n', contents.Select(file => file.Content));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }
}
