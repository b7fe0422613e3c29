using System.Runtime.InteropServices;
using Quorum.LocalServices.Npm;

namespace Quorum.LocalServices.Postgres;

/// <summary>The programs of a PostgreSQL installation: <c>initdb</c>, <c>postgres</c>, <c>pg_ctl</c>.</summary>
internal sealed record PostgresPrograms(string Folder)
{
    private static readonly string Ending = OperatingSystem.IsWindows() ? ".exe" : "";

    public string InitDb => Path.Combine(Folder, "initdb" + Ending);

    public string Postgres => Path.Combine(Folder, "postgres" + Ending);

    public string PgCtl => Path.Combine(Folder, "pg_ctl" + Ending);

    /// <summary>Returns the programs of this platform's npm package; installs it if it is missing.</summary>
    /// <exception cref="LocalServiceException">There is no package for this platform, or it cannot be installed.</exception>
    public static async Task<PostgresPrograms> InstallAsync(string localFolder, Action<string>? report, CancellationToken cancellationToken)
    {
        var modules = await LocalNodePackages.InstallAsync(Package, localFolder, report, cancellationToken);
        return new PostgresPrograms(Path.Combine(modules, "@embedded-postgres", Platform, "native", "bin"));
    }

    private static string Platform { get; } =
        $"{(OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux")}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    internal static LocalNodePackage Package { get; } =
        new(
            "postgres",
            $"@embedded-postgres/{Platform}/native/bin/postgres{Ending}",
            $"the download of @embedded-postgres/{Platform} failed, or there is no such package for this platform. "
                + "Without it, set ConnectionStrings__Quorum=\"Host=...;Username=...;Password=...;Database=...\" to use your own PostgreSQL.",
            MegabytesOnDisk: 60
        );
}
