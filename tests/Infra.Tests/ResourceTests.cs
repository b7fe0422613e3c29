using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Quorum.Infra.Tests.Bicep;

namespace Quorum.Infra.Tests;

[Collection(CompiledOnce.Name)]
public sealed class ResourceTests(CompiledInfrastructure infrastructure)
{
    [BicepFact]
    public void Everything_that_can_be_tagged_carries_the_environments_tag()
    {
        string[] tagless =
        [
            "roleAssignments",
            "diagnosticSettings",
            "administrators",
            "databases",
            "configurations",
            "blobServices",
            "containers",
            "queueServices",
            "tableServices",
            "queues",
            "config",
            "basicPublishingCredentialsPolicies",
            "taskHubs",
            "privateDnsZoneGroups",
        ];

        Assert.All(
            infrastructure.Resources.Where(resource => !tagless.Contains(resource.Type.Split('/')[^1])),
            resource => Assert.NotNull(resource["tags"])
        );
    }

    [BicepFact]
    public void The_app_keeps_instances_ready_for_HTTP_and_for_orchestrations()
    {
        var app = infrastructure.Resource("Microsoft.Web/sites");
        var ready = app.Variable("alwaysReady").ToString();

        Assert.Contains("'name', 'http'", ready, StringComparison.Ordinal);
        Assert.Contains("'name', 'durable'", ready, StringComparison.Ordinal);
        Assert.Equal("[variables('alwaysReady')]", app["properties.functionAppConfig.scaleAndConcurrency.alwaysReady"]);
    }

    [BicepFact]
    public void The_app_runs_on_the_plan_and_the_framework_it_is_built_for()
    {
        var app = infrastructure.Resource("Microsoft.Web/sites");

        Assert.Equal("FC1", infrastructure.Resource("Microsoft.Web/serverfarms")["sku.name"]);
        Assert.Equal("dotnet-isolated", app["properties.functionAppConfig.runtime.name"]);
        Assert.Equal("10.0", app["properties.functionAppConfig.runtime.version"]);
    }

    [BicepFact]
    public void The_app_shows_no_page_of_the_host_at_its_root() =>
        Assert.Equal("true", (string?)infrastructure.Resource("Microsoft.Web/sites").Variable("settings")["AzureWebJobsDisableHomepage"]);

    [BicepFact]
    public void Azd_finds_the_service_by_its_tag()
    {
        var azure = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "azure.yaml"));
        var service = Regex.Match(
            azure,
            @"services:\s+(?<name>\w+):\s+project: (?<project>\S+)",
            RegexOptions.None,
            TimeSpan.FromSeconds(1)
        );

        Assert.Contains(
            $"'azd-service-name', '{service.Groups["name"].Value}'",
            infrastructure.Resource("Microsoft.Web/sites")["tags"],
            StringComparison.Ordinal
        );
        Assert.Equal("src/Functions", service.Groups["project"].Value);
    }

    [BicepFact]
    public void Every_alert_has_a_query_a_window_and_a_receiver()
    {
        var alert = infrastructure.Resource("Microsoft.Insights/scheduledQueryRules");
        var rules = alert.Variable("rules").AsArray();

        Assert.Equal(
            ["breaker-openings", "budget-misses", "failed-orchestrations", "poison-messages"],
            rules.Select(rule => (string?)rule!["name"]).Order(StringComparer.Ordinal)
        );
        Assert.All(rules, rule => Assert.NotEmpty((string?)rule!["query"] ?? ""));
        Assert.Equal("PT15M", alert["properties.windowSize"]);
        Assert.Contains(
            "Microsoft.Insights/actionGroups",
            (string?)Assert.Single(alert.Json["properties"]!["actions"]!["actionGroups"]!.AsArray()),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_dashboard_is_a_workbook_of_queries_over_the_chosen_time()
    {
        var workbook = JsonNode.Parse(File.ReadAllBytes(Path.Combine(CompiledInfrastructure.Folder, "dashboard.workbook.json")))!;
        var queries = workbook["items"]!.AsArray().Where(item => (int)item!["type"]! == 3).ToArray();

        Assert.NotEmpty(queries);
        Assert.All(queries, item => Assert.Equal("TimeRange", (string?)item!["content"]!["timeContextFromParameter"]));
    }
}
