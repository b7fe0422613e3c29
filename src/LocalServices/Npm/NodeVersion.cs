using System.Globalization;
using Quorum.LocalServices.Processes;

namespace Quorum.LocalServices.Npm;

/// <summary>Compares the version of Node.js on the search path with the versions that the pinned packages need.</summary>
internal static class NodeVersion
{
    /// <summary>The version that Azurite's package declares, and that the documents recommend.</summary>
    public const int Recommended = 22;

    /// <summary>The oldest version on which the pinned packages are known to run.</summary>
    public const int Oldest = 20;

    private static readonly string Remedy =
        $"Install Node.js {Recommended} or later, or set ConnectionStrings__Quorum and AzureWebJobsStorage in the environment to use your own services.";

    /// <summary>True if both <c>node</c> and <c>npm</c> are on the search path.</summary>
    public static bool IsInstalled => SearchPath.Find("node") is not null && SearchPath.Find("npm") is not null;

    /// <summary>Returns the exception to throw when Node.js is not installed.</summary>
    public static LocalServiceException Missing(Exception? inner = null) =>
        new(
            $"Node.js is needed for PostgreSQL and Azurite, which come as npm packages, but node or npm is not on the search path. {Remedy}",
            inner
        );

    /// <summary>Rejects a version that is too old and reports one that is older than recommended.</summary>
    /// <param name="recommended">The major version that the packages to install ask for.</param>
    /// <param name="report">Receives the warning; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <exception cref="LocalServiceException">Node.js is missing or too old.</exception>
    public static async Task CheckAsync(int recommended, Action<string>? report, CancellationToken cancellationToken)
    {
        if (!IsInstalled)
        {
            throw Missing();
        }

        var output = await ChildProcess.RunToEndAsync(
            new ChildCommand
            {
                Name = "node",
                Program = "node",
                Arguments = ["--version"],
            },
            cancellationToken
        );
        if (Advice(output is [.., var last] ? last : "", recommended) is { } advice)
        {
            report?.Invoke(advice);
        }
    }

    /// <summary>Returns a warning for a version that works but is not recommended; <see langword="null"/> for a recommended or unreadable
    /// one.</summary>
    /// <param name="text">The output of <c>node --version</c>, such as <c>v22.11.0</c>.</param>
    /// <param name="recommended">The major version that the packages to install ask for.</param>
    /// <exception cref="LocalServiceException">The version is too old.</exception>
    internal static string? Advice(string text, int recommended)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (
            dot < 2
            || text[0] != 'v'
            || !int.TryParse(text.AsSpan(1, dot - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
        )
        {
            return null;
        }

        if (major < Oldest)
        {
            throw new LocalServiceException($"Node.js must be {Recommended} or later; found {text}. {Remedy}");
        }

        return major < recommended ? $"Node.js {text} works, but Azurite asks for {recommended} or later; please upgrade." : null;
    }
}
