using System.Text.Json;
using System.Text.RegularExpressions;
using Quorum.Infra.Tests.Bicep;

namespace Quorum.Infra.Tests;

public sealed class ResourceTests
{
    /// <summary>The API version of each type: known to exist, and the same everywhere.</summary>
    private static readonly Dictionary<string, string> ApiVersions = new(StringComparer.Ordinal)
    {
        ["Microsoft.Authorization/roleAssignments"] = "2022-04-01",
        ["Microsoft.DBforPostgreSQL/flexibleServers"] = "2024-08-01",
        ["Microsoft.DurableTask/schedulers"] = "2025-11-01",
        ["Microsoft.Insights/actionGroups"] = "2023-01-01",
        ["Microsoft.Insights/components"] = "2020-02-02",
        ["Microsoft.Insights/diagnosticSettings"] = "2021-05-01-preview",
        ["Microsoft.Insights/metricAlerts"] = "2018-03-01",
        ["Microsoft.Insights/scheduledQueryRules"] = "2023-03-15-preview",
        ["Microsoft.Insights/workbooks"] = "2023-06-01",
        ["Microsoft.KeyVault/vaults"] = "2023-07-01",
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = "2023-01-31",
        ["Microsoft.Network/natGateways"] = "2024-05-01",
        ["Microsoft.Network/privateDnsZones"] = "2024-06-01",
        ["Microsoft.Network/privateEndpoints"] = "2024-05-01",
        ["Microsoft.Network/publicIPAddresses"] = "2024-05-01",
        ["Microsoft.Network/virtualNetworks"] = "2024-05-01",
        ["Microsoft.OperationalInsights/workspaces"] = "2023-09-01",
        ["Microsoft.Resources/resourceGroups"] = "2024-03-01",
        ["Microsoft.Storage/storageAccounts"] = "2023-05-01",
        ["Microsoft.Web/serverfarms"] = "2024-04-01",
        ["Microsoft.Web/sites"] = "2024-04-01",
    };

    [Fact]
    public void A_resource_has_the_API_version_of_its_type()
    {
        foreach (var resource in Infrastructure.Files.SelectMany(file => file.Resources))
        {
            var (type, version) = (resource.Type[..resource.Type.IndexOf('@', StringComparison.Ordinal)], resource.Type[(resource.Type.IndexOf('@', StringComparison.Ordinal) + 1)..]);
            var known = ApiVersions.Single(pair => type == pair.Key || type.StartsWith($"{pair.Key}/", StringComparison.Ordinal));

            Assert.Equal(known.Value, version);
        }
    }

    [Fact]
    public void Everything_that_can_be_tagged_carries_the_environments_tag()
    {
        string[] tagless = ["roleAssignments", "diagnosticSettings", "administrators", "databases", "configurations", "blobServices", "containers", "queueServices", "queues", "config", "basicPublishingCredentialsPolicies", "taskHubs", "privateDnsZoneGroups"];

        Assert.All(
            Infrastructure.Files.SelectMany(file => file.Resources)
                .Where(resource => !tagless.Contains(resource.Type.Split('@')[0].Split('/')[^1])),
            resource => Assert.NotNull(resource.Find("tags")));
    }

    [Fact]
    public void The_app_keeps_instances_ready_for_HTTP_and_for_orchestrations()
    {
        var ready = Infrastructure.Files.SelectMany(file => file.Declarations).Single(declaration => declaration.Name == "alwaysReady").Value!;

        Assert.Contains("name: 'http'", ready, StringComparison.Ordinal);
        Assert.Contains("name: 'durable'", ready, StringComparison.Ordinal);
        Assert.Equal("alwaysReady", Infrastructure.Resource("Microsoft.Web/sites").Find("properties.functionAppConfig.scaleAndConcurrency.alwaysReady"));
    }

    [Fact]
    public void The_app_runs_on_the_plan_and_the_framework_it_is_built_for()
    {
        var app = Infrastructure.Resource("Microsoft.Web/sites");

        Assert.Equal("'FC1'", Infrastructure.Resource("Microsoft.Web/serverfarms").Find("sku.name"));
        Assert.Equal("'dotnet-isolated'", app.Find("properties.functionAppConfig.runtime.name"));
        Assert.Equal("'10.0'", app.Find("properties.functionAppConfig.runtime.version"));
    }

    [Fact]
    public void Azd_finds_the_service_by_its_tag()
    {
        var azure = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "azure.yaml"));
        var service = Regex.Match(azure, @"services:\s+(?<name>\w+):\s+project: (?<project>\S+)", RegexOptions.None, TimeSpan.FromSeconds(1));

        Assert.Contains($"'azd-service-name': '{service.Groups["name"].Value}'", Infrastructure.Resource("Microsoft.Web/sites").Value, StringComparison.Ordinal);
        Assert.Equal("src/Functions", service.Groups["project"].Value);
    }

    [Fact]
    public void Every_alert_has_a_query_a_window_and_somebody_to_tell()
    {
        var alerts = Infrastructure.At(Path.Combine(Infrastructure.Folder, "modules", "alerts.bicep"));
        var rules = alerts.Declarations.Single(declaration => declaration.Name == "rules").Value!;

        Assert.All(["budget-misses", "poison-messages", "breaker-openings", "failed-orchestrations"], name => Assert.Contains($"name: '{name}'", rules, StringComparison.Ordinal));
        Assert.Equal("[people.id]", Infrastructure.Resource("Microsoft.Insights/scheduledQueryRules").Find("properties.actions.actionGroups"));
    }

    [Fact]
    public void The_dashboard_is_a_workbook_of_queries_over_the_chosen_time()
    {
        using var workbook = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Infrastructure.Folder, "dashboard.workbook.json")));
        var queries = workbook.RootElement.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("type").GetInt32() == 3).ToArray();

        Assert.NotEmpty(queries);
        Assert.All(queries, item => Assert.Equal("TimeRange", item.GetProperty("content").GetProperty("timeContextFromParameter").GetString()));
    }
}
