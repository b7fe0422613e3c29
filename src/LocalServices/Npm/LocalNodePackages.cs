using System.Security.Cryptography;
using System.Text;
using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Processes;

namespace Quorum.LocalServices.Npm;

/// <summary>Installs npm packages, exactly as a lock file in this assembly pins them, once for each lock.</summary>
public static class LocalNodePackages
{
    private static readonly string[] Files = ["package.json", "package-lock.json", ".npmrc"];

    /// <summary>Installs a set of packages where it is not yet installed; processes that ask at once wait for the first.</summary>
    /// <param name="set">A folder of <c>npm/</c> beside this project: <c>postgres</c> or <c>azurite</c>.</param>
    /// <param name="localFolder">Where to install: <see cref="LocalFolder.Locate"/>.</param>
    /// <param name="report">Told what takes long, before it does; <see langword="null"/>: nobody.</param>
    /// <returns>The <c>node_modules</c> folder.</returns>
    /// <exception cref="LocalServiceException">Node.js is missing, or npm failed; the message has its last lines.</exception>
    public static async Task<string> InstallAsync(
        string set, string localFolder, Action<string>? report = null, CancellationToken cancellationToken = default)
    {
        var contents = await ReadFilesAsync(set, cancellationToken);
        var packages = Path.Combine(localFolder, "packages");
        var installed = Path.Combine(packages, $"{set}-{Hash(contents)}");
        var modules = Path.Combine(installed, "node_modules");
        if (Directory.Exists(installed))
            return modules;

        using var alone = await FolderLock.TakeAsync(installed + ".lock", cancellationToken);
        if (Directory.Exists(installed))
            return modules;

        report?.Invoke($"Installing {set} from npm into {installed} (once)");
        var partial = installed + ".partial"; // what an interrupted installation left is begun anew
        if (Directory.Exists(partial))
            Directory.Delete(partial, recursive: true);
        LocalFolder.CreateOpen(partial);
        foreach (var (name, content) in contents)
            await File.WriteAllTextAsync(Path.Combine(partial, name), content, cancellationToken);
        await RunNpmAsync(set, partial, cancellationToken);
        await HydrateSymlinksAsync(Path.Combine(partial, "node_modules"), cancellationToken);
        Directory.Move(partial, installed);
        return modules;
    }

    private static Task RunNpmAsync(string set, string folder, CancellationToken cancellationToken)
    {
        // Install scripts of strangers do not run; the one that matters here is run by name below.
        string[] arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        var npm = new ChildCommand
        {
            Name = $"npm (installing {set})",
            Program = OperatingSystem.IsWindows() ? "npm.cmd" : "sh",
            Arguments = OperatingSystem.IsWindows() ? arguments : ["-c", "umask 022; exec npm \"$@\"", "npm", .. arguments],
            WorkingDirectory = folder,
        };
        return RunNodeToolAsync(npm, cancellationToken);
    }

    /// <summary>npm packages hold no symbolic links: those of PostgreSQL list theirs in a file, and a script that makes them.</summary>
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
        catch (LocalServiceException exception) when (!NodeIsInstalled())
        {
            throw new LocalServiceException(
                "Node.js is needed for local services (PostgreSQL and Azurite come as npm packages), and node or npm is not on the "
                + "search path. Install Node.js 20 or later, or give ConnectionStrings__Quorum and AzureWebJobsStorage in the environment.",
                exception);
        }
    }

    private static bool NodeIsInstalled() => SearchPath.Find("node") is not null && SearchPath.Find("npm") is not null;

    private static async Task<List<(string Name, string Content)>> ReadFilesAsync(string set, CancellationToken cancellationToken)
    {
        var contents = new List<(string, string)>(Files.Length);
        foreach (var name in Files)
        {
            var resource = $"npm/{set}/{name}";
            await using var stream = typeof(LocalNodePackages).Assembly.GetManifestResourceStream(resource)
                ?? throw new ArgumentException($"No {resource} in this assembly.", nameof(set));
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
