using Quorum.LocalServices.Processes;

namespace Quorum.LocalServices.Tests.Processes;

[Collection(SerialEnvironment.Name)]
public sealed class ChildEnvironmentTests
{
    [Theory]
    [InlineData("PATH")]
    [InlineData("Path")]
    [InlineData("HOME")]
    [InlineData("LC_ALL")]
    [InlineData("DOTNET_ROOT")]
    [InlineData("SystemRoot")]
    [InlineData("SSL_CERT_FILE")]
    public void Program_inherits_what_it_needs_to_run(string name) => Assert.True(ChildEnvironment.IsInherited(name));

    [Theory]
    [InlineData("ConnectionStrings__Quorum")]
    [InlineData("AzureWebJobsStorage")]
    [InlineData("Providers__Finnhub__ApiKey")]
    [InlineData("QUORUM_KEY")]
    [InlineData("AWS_SECRET_ACCESS_KEY")]
    [InlineData("NPM_TOKEN")]
    [InlineData("HTTPS_PROXY")] // may hold a password
    [InlineData("npm_config_registry")]
    [InlineData("PGPASSWORD")]
    [InlineData("HOMEPAGE")]
    [InlineData("LCD")]
    [InlineData("NODE_OPTIONS")]
    public void Settings_and_secrets_are_not_inherited(string name) => Assert.False(ChildEnvironment.IsInherited(name));

    [Fact]
    public void Npm_also_gets_its_registry_and_proxy_and_no_other_secret()
    {
        using var registry = new TemporaryVariable("NPM_CONFIG_REGISTRY", "https://registry.example");
        using var proxy = new TemporaryVariable("https_proxy", "http://proxy.example");
        using var certificates = new TemporaryVariable("NODE_EXTRA_CA_CERTS", "/etc/ca.pem");
        using var secret = new TemporaryVariable("Providers__ChildEnvironmentTests__ApiKey", "hidden");

        var variables = ChildEnvironment.OfNpm();

        Assert.Equal("https://registry.example", variables["NPM_CONFIG_REGISTRY"]);
        Assert.Equal("http://proxy.example", variables["https_proxy"]);
        Assert.Equal("/etc/ca.pem", variables["NODE_EXTRA_CA_CERTS"]);
        Assert.DoesNotContain("hidden", variables.Values);
    }
}
