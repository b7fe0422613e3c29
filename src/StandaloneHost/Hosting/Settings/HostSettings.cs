using Microsoft.Extensions.Configuration;

namespace Quorum.StandaloneHost.Hosting.Settings;

/// <summary>What host.json says to this runtime (https://learn.microsoft.com/azure/azure-functions/functions-host-json).
/// A setting <c>AzureFunctionsJobHost__a__b</c> in the environment stands above <c>a.b</c> in the file. Unknown keys are passed
/// over.</summary>
public sealed record HostSettings
{
    /// <summary>Stands before the route of every HTTP function, without slashes around it; may be empty. Default <c>api</c>.</summary>
    public string RoutePrefix { get; init; } = "api";

    /// <summary>After which time the <see cref="Microsoft.Azure.Functions.Worker.FunctionContext.CancellationToken"/> of an HTTP request's
    /// or an activity's function is cancelled; <see langword="null"/>, the default: never.</summary>
    public TimeSpan? FunctionTimeout { get; init; }

    /// <summary><c>extensions.queues</c>.</summary>
    public QueueSettings Queues { get; init; } = new();

    /// <summary><c>extensions.durableTask</c>.</summary>
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
