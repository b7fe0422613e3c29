using Microsoft.Azure.WebJobs;

namespace Quorum.DurableTask.PostgreSql.Functions.Tests;

public sealed class StorageProviderSettingsTests
{
    private static readonly PostgresOrchestrationOptions Defaults = new() { ConnectionString = "Host=localhost", HubName = "hub" };

    [Fact]
    public void A_section_that_names_only_its_type_has_the_defaults()
    {
        var settings = Read(("type", "postgresql"));
        var options = settings.ToOptions(Defaults);

        Assert.Equal("PostgreSql", settings.ConnectionName);
        Assert.False(settings.EntraAuthentication);
        Assert.Equal((Defaults.Lease, Defaults.Schema, "hub"), (options.Lease, options.Schema, options.HubName));
    }

    [Fact]
    public void Each_setting_of_the_section_reaches_the_service()
    {
        var options = Read(("schema", "orders"), ("lease", "00:00:20"), ("IdleTime", "00:05:00"), ("maxWaitingStarts", 7))
            .ToOptions(Defaults);

        Assert.Equal(
            ("orders", TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(5), 7),
            (options.Schema, options.Lease, options.IdleTime, options.MaxWaitingStarts)
        );
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData(null, false)]
    public void A_value_between_percent_signs_is_an_app_setting(string? value, bool expected)
    {
        var section = new Dictionary<string, object> { ["entraAuthentication"] = "%Orders:Entra%" };

        var settings = new StorageProviderSettings(section, new AppSettings { ["Orders:Entra"] = value });

        Assert.Equal(expected, settings.EntraAuthentication);
    }

    [Fact]
    public void A_value_that_does_not_parse_is_named_with_its_rule()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => Read(("lease", "ten seconds")).ToOptions(Defaults));

        Assert.Equal(
            "extensions.durableTask.storageProvider.lease in host.json must be a time span such as 00:00:10; got 'ten seconds'.",
            fault.Message
        );
    }

    private static StorageProviderSettings Read(params (string Name, object Value)[] settings) =>
        new(settings.ToDictionary(setting => setting.Name, setting => setting.Value), new AppSettings());

    private sealed class AppSettings : Dictionary<string, string?>, INameResolver
    {
        public string Resolve(string name) => this.GetValueOrDefault(name)!; // The interface of the package predates nullable references.
    }
}
