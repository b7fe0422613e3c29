using System.Text.Json.Nodes;
using Quorum.Infra.Tests.Bicep;

namespace Quorum.Infra.Tests;

/// <summary>Security properties of the infrastructure that every change must keep.</summary>
[Collection(CompiledOnce.Name)]
public sealed class SecurityTests(CompiledInfrastructure infrastructure)
{
    private const string Owner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        Queues = "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        Tables = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";

    [BicepFact]
    public void Storage_knows_no_keys_and_no_anonymous_reader()
    {
        var accounts = infrastructure.ResourcesOf("Microsoft.Storage/storageAccounts");

        Assert.Equal(2, accounts.Count); // data and package
        Assert.All(
            accounts,
            account =>
            {
                Assert.Equal("false", account["properties.allowSharedKeyAccess"]);
                Assert.Equal("false", account["properties.allowBlobPublicAccess"]);
                Assert.Equal("true", account["properties.supportsHttpsTrafficOnly"]);
                Assert.Equal("TLS1_2", account["properties.minimumTlsVersion"]);
                Assert.Equal("Deny", account["properties.networkAcls.defaultAction"]);
            }
        );
    }

    [BicepFact]
    public void The_apps_identity_has_no_role_on_the_package_that_is_run()
    {
        var app = infrastructure.Resource("Microsoft.Web/sites");
        var container = infrastructure.Resource("Microsoft.Storage/storageAccounts/blobServices/containers");
        var roles = infrastructure
            .ResourcesOf("Microsoft.Authorization/roleAssignments")
            .Where(role => role.Template == container.Template)
            .ToList();

        var role = Assert.Single(roles);
        Assert.Equal("[reference('identity').principalId]", role["properties.principalId"]);
        Assert.Contains("containers", role["scope"], StringComparison.Ordinal);
        Assert.DoesNotContain("principalId", container.Template["parameters"]!.AsObject().Select(parameter => parameter.Key));
        Assert.Equal(
            "[parameters('packageIdentityId')]",
            app["properties.functionAppConfig.deployment.storage.authentication.userAssignedIdentityResourceId"]
        );
    }

    [BicepFact]
    public void Callers_need_a_token_of_Entra_where_an_app_registration_is_named()
    {
        var callers = infrastructure
            .ResourcesOf("Microsoft.Web/sites/config")
            .Single(config => config["name"]!.Contains("authsettingsV2", StringComparison.Ordinal));

        Assert.Equal("[not(empty(parameters('callerClientId')))]", callers["condition"]);
        Assert.Equal("true", callers["properties.globalValidation.requireAuthentication"]);
        Assert.Equal("Return401", callers["properties.globalValidation.unauthenticatedClientAction"]);
        Assert.Equal(
            ["/api/health/live", "/api/health/ready"],
            callers.Json["properties"]!["globalValidation"]!["excludedPaths"]!.AsArray().Select(path => (string?)path)
        );
        Assert.Equal(
            "[parameters('callerApplications')]",
            callers["properties.identityProviders.azureActiveDirectory.validation.defaultAuthorizationPolicy.allowedApplications"]
        );
    }

    [BicepFact]
    public void The_hosts_keys_are_in_a_vault_of_their_own()
    {
        var settings = infrastructure.Resource("Microsoft.Web/sites").Variable("settings").AsObject();

        Assert.Equal("keyvault", (string?)settings["AzureWebJobsSecretStorageType"]);
        Assert.Equal("[parameters('hostKeyVaultUri')]", (string?)settings["AzureWebJobsSecretStorageKeyVaultUri"]);
        Assert.Equal("[parameters('identityClientId')]", (string?)settings["AzureWebJobsSecretStorageKeyVaultClientId"]);
        Assert.Equal(2, infrastructure.ResourcesOf("Microsoft.KeyVault/vaults").Count);
    }

    [BicepFact]
    public void Storage_vaults_PostgreSQL_and_the_app_log_to_the_workspace()
    {
        var audited = infrastructure.ResourcesOf("Microsoft.Insights/diagnosticSettings");

        foreach (
            var part in (string[])["blobServices", "queueServices", "tableServices", "vaults", "flexibleServers", "Microsoft.Web/sites"]
        )
        {
            Assert.Contains(audited, setting => setting["scope"]!.Contains(part, StringComparison.Ordinal));
        }

        Assert.All(audited, setting => Assert.Equal("[parameters('workspaceId')]", setting["properties.workspaceId"]));
        var app = audited.Single(setting => setting["scope"]!.Contains("Microsoft.Web/sites", StringComparison.Ordinal));
        Assert.Equal("allLogs", (string?)app.Json["properties"]!["logs"]![0]!["categoryGroup"]);
    }

    [BicepFact]
    public void Every_subnet_has_a_security_group_and_PostgreSQL_and_endpoints_are_reached_from_the_app_and_named_administrators_only()
    {
        var network = infrastructure.Resource("Microsoft.Network/virtualNetworks");
        Assert.All(
            network.Json["properties"]!["subnets"]!.AsArray(),
            subnet => Assert.NotNull(subnet!["properties"]!["networkSecurityGroup"]!["id"])
        );
        Assert.Equal(
            "NetworkSecurityGroupEnabled",
            (string?)network.Json["properties"]!["subnets"]![2]!["properties"]!["privateEndpointNetworkPolicies"]
        );

        var rules = infrastructure
            .ResourcesOf("Microsoft.Network/networkSecurityGroups")
            .Select(group => group.Json["properties"]!["securityRules"]?.ToString() ?? group.Json["properties"]!.ToString())
            .ToList();
        Assert.Equal(3, rules.Count);
        Assert.Contains(rules, text => text.Contains("'5432', '6432'", StringComparison.Ordinal));
        Assert.Contains(rules, text => text.Contains("'destinationPortRange', '443'", StringComparison.Ordinal));
        Assert.Equal(2, rules.Count(text => text.Contains("variables('denials')", StringComparison.Ordinal)));
        Assert.Equal(2, rules.Count(text => text.Contains("variables('clients')", StringComparison.Ordinal)));
        Assert.Equal("", (string?)infrastructure.Template["parameters"]!["administratorPrefix"]!["defaultValue"]);
    }

    [BicepFact]
    public void The_app_may_use_blobs_queues_and_tables_of_its_account_and_no_other_resource()
    {
        var roles = infrastructure.Resource("Microsoft.Storage/storageAccounts/queueServices").Variable("roles").AsArray();

        Assert.Equal([Owner, Queues, Tables], roles.Select(role => (string?)role));
        Assert.All(
            infrastructure.ResourcesOf("Microsoft.Authorization/roleAssignments"),
            role =>
            {
                Assert.NotNull(role["scope"]); // one resource, never the group
                Assert.Equal("ServicePrincipal", role["properties.principalType"]);
            }
        );
    }

    /// <summary>Owner, Contributor, User Access Administrator: none of these is needed to run.</summary>
    [BicepTheory]
    [InlineData("8e3af657-a8ff-443c-a75c-2fe8c4bcb635")]
    [InlineData("b24988ac-6180-42a0-ab88-20f7382dd24c")]
    [InlineData("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9")]
    public void No_role_grants_the_management_of_resources(string role) =>
        Assert.DoesNotContain(role, infrastructure.Template.ToJsonString(), StringComparison.OrdinalIgnoreCase);

    [BicepFact]
    public void PostgreSQL_takes_tokens_only_and_is_reached_from_the_network_only()
    {
        var server = infrastructure.Resource("Microsoft.DBforPostgreSQL/flexibleServers");

        Assert.Equal("Enabled", server["properties.authConfig.activeDirectoryAuth"]);
        Assert.Equal("Disabled", server["properties.authConfig.passwordAuth"]);
        Assert.Equal("Disabled", server["properties.network.publicNetworkAccess"]);
        Assert.Equal("[parameters('subnetId')]", server["properties.network.delegatedSubnetResourceId"]);
        Assert.Null(server["properties.administratorLogin"]);
        Assert.Empty(infrastructure.ResourcesOf("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules"));
    }

    [BicepFact]
    public void The_apps_connection_to_PostgreSQL_holds_no_password()
    {
        var settings = infrastructure.Resource("Microsoft.Web/sites").Variable("settings").AsObject();
        var connection = (string?)settings["ConnectionStrings__Quorum"];

        Assert.DoesNotContain("Password", connection, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("SSL Mode=VerifyFull", connection, StringComparison.Ordinal);
        Assert.Equal("true", (string?)settings["Quorum__Storage__EntraAuthentication"]);
        Assert.DoesNotContain("AzureWebJobsStorage", settings.Select(setting => setting.Key)); // a connection string with a key
        Assert.Equal("managedidentity", (string?)settings["AzureWebJobsStorage__credential"]);
    }

    [BicepFact]
    public void Every_providers_key_is_a_reference_to_the_vault()
    {
        var app = infrastructure.Resource("Microsoft.Web/sites");

        Assert.Equal(
            [
                "Alpaca__ApiKey",
                "Alpaca__ApiSecret",
                "AlphaVantage__ApiKey",
                "Eodhd__ApiKey",
                "Finnhub__ApiKey",
                "Massive__ApiKey",
                "TwelveData__ApiKey",
            ],
            app.Variable("providerKeys").AsObject().Select(key => key.Key["Providers__".Length..]).Order(StringComparer.Ordinal)
        );
        Assert.Contains("@Microsoft.KeyVault(SecretUri=", app.Variable("keySettings").ToString(), StringComparison.Ordinal);
        Assert.Equal("[parameters('identityId')]", app["properties.keyVaultReferenceIdentity"]);
    }

    [BicepFact]
    public void The_vault_is_governed_by_roles_and_closed()
    {
        Assert.All(
            infrastructure.ResourcesOf("Microsoft.KeyVault/vaults"),
            vault =>
            {
                Assert.Equal("true", vault["properties.enableRbacAuthorization"]);
                Assert.Equal("true", vault["properties.enablePurgeProtection"]);
                Assert.Equal("Deny", vault["properties.networkAcls.defaultAction"]);
            }
        );
    }

    [BicepFact]
    public void Telemetry_is_taken_from_identities_only()
    {
        Assert.Equal("true", infrastructure.Resource("Microsoft.Insights/components")["properties.DisableLocalAuth"]);
        Assert.Equal("true", infrastructure.Resource("Microsoft.OperationalInsights/workspaces")["properties.features.disableLocalAuth"]);
    }

    [BicepFact]
    public void The_app_speaks_HTTPS_and_is_deployed_without_passwords()
    {
        var app = infrastructure.Resource("Microsoft.Web/sites");

        Assert.Equal("true", app["properties.httpsOnly"]);
        Assert.Equal("UserAssigned", app["identity.type"]);
        Assert.Equal("1.2", app["properties.siteConfig.minTlsVersion"]);
        Assert.Equal("Disabled", app["properties.siteConfig.ftpsState"]);
        Assert.Equal("UserAssignedIdentity", app["properties.functionAppConfig.deployment.storage.authentication.type"]);
        Assert.All(
            infrastructure.ResourcesOf("Microsoft.Web/sites/basicPublishingCredentialsPolicies"),
            policy => Assert.Equal("false", policy["properties.allow"])
        );
        Assert.Equal(2, infrastructure.ResourcesOf("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count);
    }

    [BicepFact]
    public void The_scheduler_is_open_to_named_addresses_only()
    {
        Assert.Equal(
            "[parameters('allowedAddresses')]",
            infrastructure.Resource("Microsoft.DurableTask/schedulers")["properties.ipAllowlist"]
        );
        Assert.DoesNotMatch(@"""(0\.0\.0\.0(/0)?|::/0|\*)""", infrastructure.Template.ToJsonString());
    }

    [BicepFact]
    public void No_secret_is_written_down_or_handed_out()
    {
        Assert.DoesNotMatch(
            "listKeys|listConnectionStrings|AccountKey=|SharedAccessSignature|administratorLoginPassword",
            infrastructure.Template.ToJsonString()
        );
        Assert.All(
            infrastructure
                .Resources.Select(resource => resource.Template)
                .Append(infrastructure.Template)
                .SelectMany(template => template["outputs"] as JsonObject ?? []),
            output => Assert.DoesNotMatch("(?i)secret|password|key(?!vault|_vault)", output.Key)
        );
    }
}
