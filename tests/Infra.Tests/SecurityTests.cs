using System.Text.RegularExpressions;
using Quorum.Infra.Tests.Bicep;

namespace Quorum.Infra.Tests;

/// <summary>What must hold of the infrastructure whoever changes it.</summary>
public sealed partial class SecurityTests
{
    private const string Owner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", Queues = "974c5e8b-45b9-4653-ba55-5f855dd0fb88", Tables = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";

    [Fact]
    public void Storage_knows_no_keys_and_no_anonymous_reader()
    {
        var account = Infrastructure.Resource("Microsoft.Storage/storageAccounts");

        Assert.Equal("false", account.Find("properties.allowSharedKeyAccess"));
        Assert.Equal("false", account.Find("properties.allowBlobPublicAccess"));
        Assert.Equal("true", account.Find("properties.supportsHttpsTrafficOnly"));
        Assert.Equal("'TLS1_2'", account.Find("properties.minimumTlsVersion"));
        Assert.Equal("'Deny'", account.Find("properties.networkAcls.defaultAction"));
    }

    [Fact]
    public void The_app_may_use_blobs_queues_and_tables_of_its_account_and_no_other_resource()
    {
        var storage = Infrastructure.At(Path.Combine(Infrastructure.Folder, "modules", "storage.bicep"));

        Assert.Equal([Owner, Queues, Tables], GuidPattern().Matches(storage.Declarations.Single(declaration => declaration.Name == "roles").Value!).Select(match => match.Value));
        Assert.All(Infrastructure.Resources("Microsoft.Authorization/roleAssignments"), role =>
        {
            Assert.NotNull(role.Find("scope")); // one resource, never the group
            Assert.Equal("'ServicePrincipal'", role.Find("properties.principalType"));
        });
    }

    /// <summary>Owner, Contributor, User Access Administrator: none of these is needed to run.</summary>
    [Theory]
    [InlineData("8e3af657-a8ff-443c-a75c-2fe8c4bcb635")]
    [InlineData("b24988ac-6180-42a0-ab88-20f7382dd24c")]
    [InlineData("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9")]
    public void Nobody_is_given_the_run_of_the_house(string role) =>
        Assert.All(Infrastructure.Files, file => Assert.DoesNotContain(role, File.ReadAllText(file.Path), StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void PostgreSQL_takes_tokens_only_and_is_reached_from_the_network_only()
    {
        var server = Infrastructure.Resource("Microsoft.DBforPostgreSQL/flexibleServers");

        Assert.Equal("'Enabled'", server.Find("properties.authConfig.activeDirectoryAuth"));
        Assert.Equal("'Disabled'", server.Find("properties.authConfig.passwordAuth"));
        Assert.Equal("'Disabled'", server.Find("properties.network.publicNetworkAccess"));
        Assert.Equal("subnetId", server.Find("properties.network.delegatedSubnetResourceId"));
        Assert.Null(server.Find("properties.administratorLogin"));
        Assert.Empty(Infrastructure.Resources("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules"));
    }

    [Fact]
    public void The_apps_connection_to_PostgreSQL_holds_no_password()
    {
        var settings = BicepFile.Members(AppFile.Declarations.Single(declaration => declaration.Name == "settings").Value!);

        Assert.DoesNotContain("Password", settings["ConnectionStrings__Quorum"], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("SSL Mode=VerifyFull", settings["ConnectionStrings__Quorum"], StringComparison.Ordinal);
        Assert.Equal("'true'", settings["Quorum__Storage__EntraAuthentication"]);
        Assert.DoesNotContain("AzureWebJobsStorage", settings.Keys); // a connection string with a key
        Assert.Equal("'managedidentity'", settings["AzureWebJobsStorage__credential"]);
    }

    [Fact]
    public void Every_providers_key_is_a_reference_to_the_vault()
    {
        var keys = BicepFile.Members(AppFile.Declarations.Single(declaration => declaration.Name == "providerKeys").Value!);

        Assert.Equal(
            ["Alpaca__ApiKey", "Alpaca__ApiSecret", "AlphaVantage__ApiKey", "Eodhd__ApiKey", "Finnhub__ApiKey", "Massive__ApiKey", "TwelveData__ApiKey"],
            keys.Keys.Select(key => key["Providers__".Length..]).Order(StringComparer.Ordinal));
        Assert.Contains("@Microsoft.KeyVault(SecretUri=", AppFile.Declarations.Single(declaration => declaration.Name == "keySettings").Value, StringComparison.Ordinal);
        Assert.Equal("identityId", Infrastructure.Resource("Microsoft.Web/sites").Find("properties.keyVaultReferenceIdentity"));
    }

    [Fact]
    public void The_vault_is_governed_by_roles_and_closed()
    {
        var vault = Infrastructure.Resource("Microsoft.KeyVault/vaults");

        Assert.Equal("true", vault.Find("properties.enableRbacAuthorization"));
        Assert.Equal("true", vault.Find("properties.enablePurgeProtection"));
        Assert.Equal("'Deny'", vault.Find("properties.networkAcls.defaultAction"));
    }

    [Fact]
    public void Telemetry_is_taken_from_identities_only()
    {
        Assert.Equal("true", Infrastructure.Resource("Microsoft.Insights/components").Find("properties.DisableLocalAuth"));
        Assert.Equal("true", Infrastructure.Resource("Microsoft.OperationalInsights/workspaces").Find("properties.features.disableLocalAuth"));
    }

    [Fact]
    public void The_app_speaks_HTTPS_and_is_deployed_without_passwords()
    {
        var app = Infrastructure.Resource("Microsoft.Web/sites");

        Assert.Equal("true", app.Find("properties.httpsOnly"));
        Assert.Equal("'UserAssigned'", app.Find("identity.type"));
        Assert.Equal("'1.2'", app.Find("properties.siteConfig.minTlsVersion"));
        Assert.Equal("'Disabled'", app.Find("properties.siteConfig.ftpsState"));
        Assert.Equal("'UserAssignedIdentity'", app.Find("properties.functionAppConfig.deployment.storage.authentication.type"));
        Assert.All(Infrastructure.Resources("Microsoft.Web/sites/basicPublishingCredentialsPolicies"), policy => Assert.Equal("false", policy.Find("properties.allow")));
        Assert.Equal(2, Infrastructure.Resources("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count);
    }

    [Fact]
    public void The_scheduler_is_open_to_named_addresses_only()
    {
        Assert.Equal("allowedAddresses", Infrastructure.Resource("Microsoft.DurableTask/schedulers").Find("properties.ipAllowlist"));
        Assert.All(AllTexts(), text => Assert.DoesNotMatch(@"'(0\.0\.0\.0(/0)?|::/0|\*)'", BicepText.WithoutComments(text)));
    }

    [Fact]
    public void No_secret_is_written_down_or_handed_out()
    {
        Assert.All(AllTexts(), text => Assert.DoesNotMatch("listKeys|listConnectionStrings|AccountKey=|SharedAccessSignature|administratorLoginPassword", text));
        Assert.All(Infrastructure.Files.SelectMany(file => file.Outputs), output => Assert.DoesNotMatch("(?i)secret|password|key(?!vault|_vault)", output.Name));
    }

    private static BicepFile AppFile => Infrastructure.At(Path.Combine(Infrastructure.Folder, "modules", "app.bicep"));

    private static IEnumerable<string> AllTexts() =>
        Directory.EnumerateFiles(Infrastructure.Folder, "*.bicep*", SearchOption.AllDirectories).Select(File.ReadAllText);

    [GeneratedRegex("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex GuidPattern();
}
