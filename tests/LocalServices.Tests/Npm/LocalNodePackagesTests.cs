using Quorum.LocalServices.Npm;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Npm;

public sealed class LocalNodePackagesTests
{
    [Fact]
    public async Task Several_that_ask_at_once_get_one_installation()
    {
        using var folder = new TemporaryFolder();
        var reports = new List<string>();

        var installed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LocalNodePackages.InstallAsync("postgres", folder.Path, Report)))
            .WithinAsync(TimeSpan.FromMinutes(5));

        Assert.Single(installed.Distinct());
        Assert.Single(reports);
        Assert.True(Directory.Exists(Path.Combine(installed[0], "@embedded-postgres")));

        void Report(string text)
        {
            lock (reports)
                reports.Add(text);
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
}
