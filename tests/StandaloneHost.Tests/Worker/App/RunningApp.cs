using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Quorum.StandaloneHost.Hosting;

namespace Quorum.StandaloneHost.Tests.Worker.App;

/// <summary>An app of functions on a free port, with a client for it.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private RunningApp(IHost host, FakeLoggerProvider logs)
    {
        Host = host;
        Logs = logs;
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.Single();
        Address = new Uri(address ?? throw new InvalidOperationException("The app does not listen."));
        Client = new HttpClient { BaseAddress = Address };
    }

    public IHost Host { get; }

    public FakeLoggerProvider Logs { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>A builder for an app of these classes, on a free port.</summary>
    /// <param name="functions">The classes.</param>
    /// <param name="directory">Where its host.json and local.settings.json lie; null: it has none.</param>
    /// <param name="args">The command line.</param>
    public static StandaloneApplicationBuilder CreateBuilder(IEnumerable<Type> functions, string? directory, params string[] args) =>
        new(["--port", "0", .. args], new AppToRun { Types = functions, Directories = directory is null ? [] : [directory] });

    public static async Task<RunningApp> StartAsync(
        Type functions,
        Action<StandaloneApplicationBuilder>? configure = null,
        string? directory = null,
        params string[] args
    )
    {
        var builder = CreateBuilder([functions], directory, ["--environment", "Development", .. args]);
        var logs = new FakeLoggerProvider();
        builder.Logging.ClearProviders().AddProvider(logs);
        configure?.Invoke(builder);
        return await StartAsync(builder.Build(), logs);
    }

    public static async Task<RunningApp> StartAsync(IHost host, FakeLoggerProvider logs)
    {
        await host.StartAsync();
        return new RunningApp(host, logs);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.StopAsync();
        Host.Dispose();
    }
}
