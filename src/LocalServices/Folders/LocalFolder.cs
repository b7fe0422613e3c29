using System.Security.Cryptography;
using System.Text;

namespace Quorum.LocalServices.Folders;

/// <summary>The folder of this checkout for installations and data: <c>.quorum</c> at the repository root.</summary>
/// <remarks>
/// PostgreSQL refuses to run as root, so for root it runs as another user, who must be able to reach the folder. Where the repository is in
/// a place closed to others (below <c>/root</c>, for example), the folder is <c>/var/lib/quorum/HASH</c> instead, one for each checkout.
/// </remarks>
public static class LocalFolder
{
    /// <summary>Finds the folder of the checkout that this assembly was built in, and creates it.</summary>
    /// <exception cref="LocalServiceException">This assembly does not run inside a checkout.</exception>
    public static string Locate()
    {
        var root =
            FindRepositoryRoot(AppContext.BaseDirectory)
            ?? throw new LocalServiceException(
                $"No Serverless.sln above {AppContext.BaseDirectory}: local services are installed beside it, so run from a checkout."
            );
        return LocateFor(root);
    }

    internal static string LocateFor(string repositoryRoot)
    {
        var folder = Path.Combine(repositoryRoot, ".quorum");
        if (UnixUser.IsRoot && UnixUser.FindClosedAncestor(folder) is not null)
        {
            folder = Path.Combine("/var/lib/quorum", ShortHash(repositoryRoot));
        }

        CreateOpen(folder);
        return folder;
    }

    /// <summary>Creates a folder that other users may enter, whatever the umask.</summary>
    public static void CreateOpen(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        if (Path.GetDirectoryName(folder) is { } parent)
        {
            CreateOpen(parent);
        }

        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Open =
                UnixFileMode.UserRead
                | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead
                | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead
                | UnixFileMode.OtherExecute;
            File.SetUnixFileMode(folder, Open);
        }
    }

    /// <summary>Creates a folder, or changes an existing one, so that only this user may read it.</summary>
    /// <param name="folder">The folder; its parents are created open.</param>
    /// <param name="passable">True to let other users pass through to folders of their own.</param>
    public static void CreateClosed(string folder, bool passable = false)
    {
        CreateOpen(folder);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            File.SetUnixFileMode(folder, passable ? Closed | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : Closed);
        }
    }

    private static string ShortHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];

    private static string? FindRepositoryRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
            {
                return folder.FullName;
            }
        }
        return null;
    }
}
