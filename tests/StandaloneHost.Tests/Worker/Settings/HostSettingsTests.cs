using System.Net;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Quorum.StandaloneHost.Hosting.Settings;
using Quorum.StandaloneHost.Tests.Worker.App;

namespace Quorum.StandaloneHost.Tests.Worker.Settings;

public sealed class HostSettingsTests
{
    [Fact]
    public void An_app_without_host_json_has_the_documented_defaults()
    {
        var settings = Read("{}");
        Assert.Equal("api", settings.RoutePrefix);
        Assert.Null(settings.FunctionTimeout);
        Assert.Equal("TestHubName", settings.TaskHub.HubName);
        Assert.Equal(
            new QueueSettings
            {
                BatchSize = 16,
                NewBatchThreshold = 8,
                MaxDequeueCount = 5,
                MaxPollingInterval = TimeSpan.FromMinutes(1),
                VisibilityTimeout = TimeSpan.Zero,
                MessageEncoding = QueueMessageEncoding.Base64,
            },
            settings.Queues
        );
    }

    [Fact]
    public void Host_json_is_read_with_its_comments_and_what_is_unknown_is_passed_over()
    {
        var settings = Read(
            """
            {
              // as in Azure
              "version": "2.0",
              "functionTimeout": "00:05:00",
              "telemetryMode": "OpenTelemetry",
              "extensions": {
                "http": { "routePrefix": "/v1/" },
                "queues": { "batchSize": 4, "maxPollingInterval": "00:00:02", "visibilityTimeout": "00:00:30", "maxDequeueCount": 3, "messageEncoding": "none" },
                "durableTask": { "hubName": "%HUB%", "maxConcurrentActivityFunctions": 77, "storageProvider": { "type": "AzureStorage" } },
              },
            }
            """
        );
        Assert.Equal("v1", settings.RoutePrefix);
        Assert.Equal(TimeSpan.FromMinutes(5), settings.FunctionTimeout);
        Assert.Equal(4, settings.Queues.BatchSize);
        Assert.Equal(2, settings.Queues.NewBatchThreshold);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.Queues.MaxPollingInterval);
        Assert.Equal(QueueMessageEncoding.None, settings.Queues.MessageEncoding);
        Assert.Equal("FromSettings", settings.TaskHub.HubName);
        Assert.Equal(77, settings.TaskHub.MaxConcurrentActivities);
    }

    [Theory]
    [InlineData("Npgsql.Command", false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", false)]
    [InlineData("Quorum.Anything", true)]
    [InlineData("Noisy.Part", false)]
    [InlineData("Loud.Part", true)]
    public void What_would_tell_of_every_command_is_quiet_unless_asked_and_host_json_sets_levels(string category, bool tells)
    {
        using var files = new AppFiles().With(
            "host.json",
            """{ "logging": { "logLevel": { "default": "Information", "Noisy": "Error", "Loud": "Debug" } } }"""
        );
        var builder = RunningApp.CreateBuilder([], files.Directory);
        builder.Logging.ClearProviders().AddProvider(new FakeLoggerProvider());
        using var host = builder.Build();
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
        Assert.Equal(tells, logger.IsEnabled(LogLevel.Information));
    }

    [Fact]
    public void All_faults_of_host_json_are_told_at_once_with_their_values_and_rules()
    {
        var error = Assert.Throws<HostSettingsException>(() =>
            Read(
                """
                {
                  "version": "1.0",
                  "functionTimeout": "five minutes",
                  "extensions": {
                    "http": "none",
                    "queues": { "batchSize": 33, "messageEncoding": "utf7", "maxDequeueCount": [1] },
                    "durableTask": { "hubName": "%NOWHERE%" }
                  }
                }
                """
            )
        );
        Assert.Equal(7, error.Failures.Count());
        Assert.Contains("host.json: version must be 2.0; got '1.0'.", error.Failures);
        Assert.Contains("host.json: extensions.queues.batchSize must be a whole number from 1 to 32; got '33'.", error.Failures);
        Assert.Contains("host.json: extensions.http must be an object; got 'none'.", error.Failures);
        Assert.Contains(error.Failures, fault => fault.Contains("'NOWHERE' does not", StringComparison.Ordinal));
    }

    [Fact]
    public void A_host_json_that_is_no_json_stops_the_start()
    {
        var error = Assert.Throws<HostSettingsException>(() => Read("{ version: }"));
        Assert.StartsWith("host.json: ", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_settings_stand_in_for_the_environment_and_the_command_line_wins()
    {
        using var files = new AppFiles().With(
            "local.settings.json",
            """
            {
              "IsEncrypted": false,
              "Values": { "Section__Key": "from file", "Other": 5, "Won": "file" },
              "ConnectionStrings": { "Main": "Host=nowhere" },
              "Host": { "LocalHttpPort": 1 },
            }
            """
        );
        await using var app = await RunningApp.StartAsync(typeof(ShowSettings), configure: null, files.Directory, "--Won", "line");
        Assert.Equal("from file|5|line|Host=nowhere", await app.Client.GetStringAsync("api/ShowSettings"));
    }

    [Fact]
    public void The_environment_wins_over_local_settings()
    {
        const string Name = "HOST_SETTINGS_TESTS__WON";
        Environment.SetEnvironmentVariable(Name, "environment");
        try
        {
            using var files = new AppFiles().With("local.settings.json", $$"""{ "Values": { "{{Name}}": "file" } }""");
            var builder = RunningApp.CreateBuilder([], files.Directory);
            Assert.Equal("environment", builder.Configuration["HOST_SETTINGS_TESTS:WON"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Name, null);
        }
    }

    [Theory]
    [InlineData("""{ "Host": { "LocalHttpPort": 7072, "CORS": "*", "CORSCredentials": true } }""", 7072, "*", true)]
    [InlineData("""{ "Host": { "LocalHttpPort": "7072", "CORS": "", "CORSCredentials": "False" } }""", 7072, "", false)]
    [InlineData("""{ "Host": { "LocalHttpPort": null, "CORS": null, "CORSCredentials": null } }""", null, null, false)]
    [InlineData("\uFEFF{ \"Host\": { \"LocalHttpPort\": 7072 } }", 7072, null, false)] // with a byte order mark
    public void Host_values_of_local_settings_are_read_as_core_tools_reads_them(string json, int? port, string? cors, bool credentials)
    {
        using var files = new AppFiles().With("local.settings.json", json);

        var local = LocalSettings.Load([files.Directory]);

        Assert.Equal((port, cors, credentials), (local.Port, local.Cors, local.CorsCredentials));
    }

    [Theory]
    [InlineData("""{ "IsEncrypted": true, "Values": {} }""", "IsEncrypted")]
    [InlineData("""{ "Values": [] }""", "Values is not an object")]
    [InlineData("""{ "Values": { "A": { "B": 1 } } }""", "Values.A must be a plain value")]
    [InlineData("""{ "Values": """, "local.settings.json")]
    [InlineData("[]", "the file is not an object")]
    [InlineData("""{ "Host": 7071 }""", "Host is not an object")]
    [InlineData("""{ "Host": { "LocalHttpPort": "many" } }""", "Host.LocalHttpPort must be a whole number from 0 to 65535; got 'many'.")]
    [InlineData("""{ "Host": { "LocalHttpPort": 70000 } }""", "got '70000'")]
    [InlineData("""{ "Host": { "LocalHttpPort": true } }""", "got 'True'")]
    [InlineData("""{ "Host": { "CORS": ["https://a.example"] } }""", "Host.CORS must be '*' or origins in one string")]
    [InlineData("""{ "Host": { "CORSCredentials": "perhaps" } }""", "Host.CORSCredentials must be true or false; got 'perhaps'.")]
    public void Local_settings_that_core_tools_would_not_read_stop_the_start(string json, string reason)
    {
        using var files = new AppFiles().With("local.settings.json", json);
        var error = Assert.Throws<HostSettingsException>(() => RunningApp.CreateBuilder([], files.Directory));
        Assert.Contains(reason, Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port", "seventy", "command line: port must be a whole number from 0 to 65535; got 'seventy'.")]
    [InlineData("--port", "70000", "from 0 to 65535")]
    [InlineData("--FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "-1", "got '-1'")]
    [InlineData("--Functions:Http:Address", "nowhere", "an IP address")]
    [InlineData("--Functions:Http:MaxBodyMemory", "100000", "at least FUNCTIONS_REQUEST_BODY_SIZE_LIMIT (524288)")]
    [InlineData("--Functions:Authorization:Enabled", "perhaps", "true or false")]
    public void Http_settings_that_cannot_be_used_stop_the_start(string name, string value, string reason)
    {
        var error = Assert.Throws<HostSettingsException>(() => RunningApp.CreateBuilder([], null, name, value).Build());
        Assert.Contains(reason, Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Functions:Http:Cors", "https://user:s3cret@board.example/")]
    [InlineData("--Functions:Http:KnownProxies", "https://user:s3cret@proxy.example")]
    [InlineData("--Functions:Http:Address", "http://user:s3cret@localhost")]
    [InlineData("--port", "Host=db;Password=s3cret")]
    public void A_wrong_setting_that_may_hold_a_password_is_not_repeated(string name, string value)
    {
        var error = Assert.Throws<HostSettingsException>(() => RunningApp.CreateBuilder([], null, name, value).Build());
        Assert.Contains("; got a value that is not shown (", Assert.Single(error.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_app_can_listen_on_an_address_of_its_own()
    {
        await using var app = await RunningApp.StartAsync(
            typeof(ShowSettings),
            configure: null,
            directory: null,
            "--Functions:Http:Address",
            "127.0.0.2"
        );
        Assert.Equal("127.0.0.2", app.Address.Host);
        using var response = await app.Client.GetAsync("api/ShowSettings");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static HostSettings Read(string hostJson)
    {
        using var files = new AppFiles().With("host.json", hostJson);
        using var host = RunningApp.CreateBuilder([], files.Directory, "--HUB", "FromSettings").Build();
        return host.Services.GetRequiredService<HostSettings>();
    }

    public sealed class ShowSettings(IConfiguration configuration)
    {
        [Function("ShowSettings")]
        public HttpResponseData Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequestData request)
        {
            var response = request.CreateResponse();
            response.WriteString(
                $"{configuration["Section:Key"]}|{configuration["Other"]}|{configuration["Won"]}|{configuration.GetConnectionString("Main")}"
            );
            return response;
        }
    }
}
