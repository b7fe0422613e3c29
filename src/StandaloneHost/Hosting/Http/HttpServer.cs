using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting.Functions;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Serves HTTP while the app runs. Stopping, it takes no more requests, lets those under way finish
/// within <see cref="HttpSettings.DrainTime"/>, and then ends their connections, which cancels them.</summary>
internal sealed partial class HttpServer(
    IServer server,
    HttpApplication application,
    FunctionCatalogue catalogue,
    FunctionKeys keys,
    HttpSettings settings,
    ILogger<HttpServer> logger
) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await server.StartAsync(application, cancellationToken);
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        LogFunctions(catalogue.Describe(addresses.FirstOrDefault() ?? ""));
        LogListening(string.Join(", ", addresses));
        if (keys is { Enabled: true, Any: false } && catalogue.NeedsKeys)
        {
            LogNoKeys(FunctionKeys.Section);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var drained = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        drained.CancelAfter(settings.DrainTime);
        await server.StopAsync(drained.Token);
    }

    [LoggerMessage(2101, LogLevel.Information, "Functions:{Functions}")]
    private partial void LogFunctions(string functions);

    [LoggerMessage(2102, LogLevel.Information, "Listening on {Addresses}")]
    private partial void LogListening(string addresses);

    [LoggerMessage(2103, LogLevel.Warning, "Keys are asked for, but {Section} has none: no function but the anonymous ones can be called.")]
    private partial void LogNoKeys(string section);
}
