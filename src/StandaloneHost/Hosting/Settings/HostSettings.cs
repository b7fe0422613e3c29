using Microsoft.Extensions.Configuration;

namespace Quorum.StandaloneHost.Hosting.Settings;

/// <summary>
/// The settings of host.json for this runtime (https://learn.microsoft.com/azure/azure-functions/functions-host-json). A setting
/// <c>AzureFunctionsJobHost__a__b</c> in the environment overrides <c>a.b</c> in the file. Unknown keys are ignored.
/// </summary>
public sealed record HostSettings
{
    /// <summary>The prefix of every HTTP function's route, without slashes around it; may be empty. Default <c>api</c>.</summary>
    public string RoutePrefix { get; init; } = "api";

    /// <summary>
    /// The time after which the <see cref="Microsoft.Azure.Functions.Worker.FunctionContext.CancellationToken"/> of an HTTP request's or an
    /// activity's function is cancelled; <see langword="null"/>, the default, for never.
    /// </summary>
    public TimeSpan? FunctionTimeout { get; init; }

    /// <summary>The section <c>extensions.queues</c>.</summary>
    public QueueSettings Queues { get; init; } = new();

    /// <summary>The section <c>extensions.durableTask</c>.</summary>
    public TaskHubSettings TaskHub { get; init; } = new();

    internal static HostSettings Read(IConfiguration hostJson, IConfiguration app, ICollection<string> faults)
    {
        var reader = new SettingsReader(hostJson, HostJson.FileName, faults);
        if (reader.Text("version") is { } version && version != "2.0")
        {
            reader.Fault("version", version, "2.0");
        }

        reader.Section("extensions");
        reader.Section("extensions:http");
        return new HostSettings
        {
            RoutePrefix = hostJson["extensions:http:routePrefix"]?.Trim('/') ?? "api",
            FunctionTimeout =
                hostJson["functionTimeout"] == "-1"
                    ? null
                    : reader.Duration("functionTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromDays(10)),
            Queues = QueueSettings.Read(reader),
            TaskHub = TaskHubSettings.Read(reader, app),
        };
    }
}
