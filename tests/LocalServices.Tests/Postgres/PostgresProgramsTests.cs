using System.Text.Json;
using Quorum.LocalServices.Npm;
using Quorum.LocalServices.Postgres;

namespace Quorum.LocalServices.Tests.Postgres;

public sealed class PostgresProgramsTests
{
    [Fact]
    public async Task Package_of_this_platform_is_one_that_is_pinned()
    {
        await using var stream = typeof(LocalNodePackages).Assembly.GetManifestResourceStream("npm/postgres/package.json");
        Assert.NotNull(stream);
        using var document = await JsonDocument.ParseAsync(stream);
        var pinned = document.RootElement.GetProperty("optionalDependencies").EnumerateObject().Select(package => package.Name);

        Assert.Contains(string.Join('/', PostgresPrograms.Package.RequiredFile.Split('/').Take(2)), pinned);
    }

    [Fact]
    public void Missing_package_is_explained_with_the_way_to_use_another_server() =>
        Assert.Contains("set ConnectionStrings__Quorum=\"Host=...;", PostgresPrograms.Package.MissingMeans, StringComparison.Ordinal);

    [Fact]
    public void Programs_are_those_of_one_folder_and_have_the_platforms_ending()
    {
        var programs = new PostgresPrograms("bin");
        var ending = OperatingSystem.IsWindows() ? ".exe" : "";

        Assert.Equal(
            [Path.Combine("bin", "initdb" + ending), Path.Combine("bin", "postgres" + ending), Path.Combine("bin", "pg_ctl" + ending)],
            [programs.InitDb, programs.Postgres, programs.PgCtl]
        );
        Assert.EndsWith("/native/bin/postgres" + ending, PostgresPrograms.Package.RequiredFile, StringComparison.Ordinal);
    }
}
