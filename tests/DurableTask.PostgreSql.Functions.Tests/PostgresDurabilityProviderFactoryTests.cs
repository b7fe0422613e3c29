using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Quorum.DurableTask.PostgreSql.Functions.Tests;

public sealed class PostgresDurabilityProviderFactoryTests
{
    private readonly DurableTaskOptions _extension = new() { HubName = "orders" };
    private readonly Connections _connections = new()
    {
        ["Orders"] = "Host=localhost;Database=orders",
        ["Other"] = "Host=localhost;Database=other",
    };

    public PostgresDurabilityProviderFactoryTests() => _extension.StorageProvider["connectionName"] = "Orders";

    [Fact]
    public void Its_name_is_the_type_of_the_storage_provider_in_host_json()
    {
        Assert.Equal("postgresql", Factory().Name);
    }

    [Fact]
    public void A_hub_has_one_provider_with_the_settings_of_host_json()
    {
        _extension.MaxConcurrentActivityFunctions = 7;
        _extension.MaxConcurrentOrchestratorFunctions = 9;
        _extension.StorageProvider["schema"] = "orders_hub";
        var factory = Factory();

        var provider = factory.GetDurabilityProvider();

        Assert.Same(provider, factory.GetDurabilityProvider(new DurableClientAttribute()));
        Assert.Same(provider, factory.GetDurabilityProvider(new DurableClientAttribute { TaskHub = "orders", ConnectionName = "Orders" }));
        Assert.Equal((7, 9), (provider.MaxConcurrentTaskActivityWorkItems, provider.MaxConcurrentTaskOrchestrationWorkItems));
        Assert.Equal(("orders", "orders_hub"), SettingsOf(provider));
    }

    [Fact]
    public void A_binding_may_name_another_hub_and_another_connection()
    {
        var factory = Factory();
        var own = factory.GetDurabilityProvider();

        var otherHub = factory.GetDurabilityProvider(new DurableClientAttribute { TaskHub = "returns" });
        var otherConnection = factory.GetDurabilityProvider(new DurableClientAttribute { ConnectionName = "Other" });

        Assert.Distinct([own, otherHub, otherConnection]);
        Assert.Equal(("returns", "taskhub"), SettingsOf(otherHub));
        Assert.Equal("Other", otherConnection.ConnectionName);
    }

    [Fact]
    public void A_connection_that_is_not_set_is_named_with_the_remedy()
    {
        _extension.StorageProvider["connectionName"] = "Forgotten";

        var fault = Assert.Throws<InvalidOperationException>(() => Factory().GetDurabilityProvider());

        Assert.Contains("'Forgotten', which is not set. Set ConnectionStrings__Forgotten", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_invalid_setting_is_named_with_its_rule()
    {
        _extension.StorageProvider["lease"] = "01:00:00";

        var fault = Assert.Throws<ArgumentException>(() => Factory().GetDurabilityProvider());

        Assert.StartsWith("Lease must be between 00:00:02 and 00:05:00; got 01:00:00.", fault.Message, StringComparison.Ordinal);
    }

    private static (string?, string?) SettingsOf(DurabilityProvider provider) =>
        ((string?)provider.ConfigurationJson["hubName"], (string?)provider.ConfigurationJson["schema"]);

    private PostgresDurabilityProviderFactory Factory() =>
        new(Options.Create(_extension), _connections, _connections, NullLoggerFactory.Instance);

    private sealed class Connections : Dictionary<string, string?>, IConnectionInfoResolver, INameResolver
    {
        public IConfigurationSection Resolve(string name)
        {
            var configuration = new ConfigurationBuilder()
                .AddInMemoryCollection(this.Select(setting => KeyValuePair.Create($"ConnectionStrings:{setting.Key}", setting.Value)))
                .Build();
            return configuration.GetSection($"ConnectionStrings:{name}");
        }

        string INameResolver.Resolve(string name) => this.GetValueOrDefault(name)!; // The interface of the package predates nullable references.
    }
}
