using System.Text.Json;
using System.Text.Json.Nodes;

namespace Quorum.Infra.Tests;

/// <summary>The host's settings: one file for both runtimes, and its other form for the Durable Task Scheduler.</summary>
public sealed class HostJsonTests
{
    [Fact]
    public void The_two_forms_differ_in_the_task_hub_alone()
    {
        var (storage, scheduler) = (Read("host.json"), Read("host.dts.json"));
        foreach (var form in new[] { storage, scheduler })
        {
            var durable = form["extensions"]!["durableTask"]!.AsObject(); // Both have it, or the test fails.
            durable.Remove("storageProvider");
            durable.Remove("hubName");
        }

        Assert.True(JsonNode.DeepEquals(storage, scheduler));
    }

    [Fact]
    public void The_scheduler_is_named_as_its_package_expects()
    {
        var durable = Read("host.dts.json")["extensions"]!["durableTask"]!;

        Assert.Equal("azureManaged", (string?)durable["storageProvider"]!["type"]);
        Assert.Equal("DURABLE_TASK_SCHEDULER_CONNECTION_STRING", (string?)durable["storageProvider"]!["connectionStringName"]);
    }

    /// <summary>Categories of the host that write a line or more for each storage request, work item or execution at
    /// <c>Information</c>.</summary>
    [Theory]
    [InlineData("Azure.Core", "Error")] // Each 404 and 409 of storage is a warning, and usual.
    [InlineData("DurableTask", "Warning")]
    [InlineData("Function", "Warning")]
    [InlineData("Host.Triggers.DurableTask", "Warning")]
    public void The_host_does_not_log_every_request_and_execution(string category, string level) =>
        Assert.Equal(level, (string?)Read("host.json")["logging"]!["logLevel"]![category]);

    [Theory]
    [InlineData("functionTimeout")]
    [InlineData("telemetryMode")]
    [InlineData("healthMonitor.healthCheckThreshold")]
    [InlineData("extensions.http.maxConcurrentRequests")]
    [InlineData("extensions.http.maxOutstandingRequests")]
    [InlineData("extensions.queues.batchSize")]
    [InlineData("extensions.queues.newBatchThreshold")]
    [InlineData("extensions.queues.maxPollingInterval")]
    [InlineData("extensions.queues.visibilityTimeout")]
    [InlineData("extensions.queues.maxDequeueCount")]
    [InlineData("extensions.queues.messageEncoding")]
    [InlineData("extensions.durableTask.defaultVersion")]
    [InlineData("extensions.durableTask.versionMatchStrategy")]
    [InlineData("extensions.durableTask.maxConcurrentActivityFunctions")]
    [InlineData("extensions.durableTask.maxConcurrentOrchestratorFunctions")]
    [InlineData("extensions.durableTask.storageProvider.type")]
    [InlineData("extensions.durableTask.storageProvider.connectionName")]
    [InlineData("extensions.durableTask.storageProvider.entraAuthentication")]
    public void What_costs_time_or_money_is_said_and_not_left_to_a_default(string path) =>
        Assert.NotNull(path.Split('.').Aggregate<string, JsonNode?>(Read("host.json"), (node, name) => node?[name]));

    /// <summary>Settings of the app must be plain values in the environment's spelling, and the sample must hold no secret.</summary>
    [Fact]
    public void The_sample_of_local_settings_names_every_providers_key_and_gives_none()
    {
        var values = Read("local.settings.sample.json")["Values"]!.AsObject();

        Assert.All(values, value => Assert.Equal(JsonValueKind.String, value.Value!.GetValueKind()));
        Assert.All(
            values.Where(value => value.Key.StartsWith("Providers__", StringComparison.Ordinal)),
            value => Assert.Equal("", (string?)value.Value)
        );
        Assert.Equal("dotnet-isolated", (string?)values["FUNCTIONS_WORKER_RUNTIME"]);
        Assert.Equal("UseDevelopmentStorage=true", (string?)values["AzureWebJobsStorage"]);
    }

    private static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, file)))!; // None of them is "null".
}
