using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting.Functions;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Logs the functions and addresses once the server listens. When the app stops, lets requests in flight finish within
/// <see cref="HttpSettings.DrainTime"/>, and then ends their connections, which cancels them.</summary>
internal sealed partial class ServerLifetime(
    IServer server,
    FunctionCatalogue catalogue,
    FunctionKeys keys,
    HttpSettings settings,
    ILogger<ServerLifetime> logger
) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        LogFunctions(catalogue.Describe(addresses.FirstOrDefault() ?? ""));
        LogListening(string.Join(", ", addresses));
        if (keys is { Enabled: true, Any: false } && catalogue.NeedsKeys)
        {
            LogNoKeys(FunctionKeys.Section);
        }

        return Task.CompletedTask;
    }

    /// <summary>Stops the server before anything else stops; ASP.NET Core would give it all of the time that the stop may take.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        using var drained = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        drained.CancelAfter(settings.DrainTime);
        await server.StopAsync(drained.Token);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(2101, LogLevel.Information, "Functions:{Functions}")]
    private partial void LogFunctions(string functions);

    [LoggerMessage(2102, LogLevel.Information, "Listening on {Addresses}")]
    private partial void LogListening(string addresses);

    [LoggerMessage(2103, LogLevel.Warning, "Keys are asked for, but {Section} has none: no function but the anonymous ones can be called.")]
    private partial void LogNoKeys(string section);
}
