using System.Net;

namespace Quorum.ProviderSimulator;

/// <summary>
/// Builds the simulator as an application that is not yet started. Once it is, its address is in <see cref="WebApplication.Urls"/>.
/// </summary>
public static class SimulatorApp
{
    /// <param name="args">
    /// The arguments of the command line: <c>--port</c>, <c>--seed</c>, <c>--scale</c>, <c>--plans</c>, <c>--market</c>, <c>--quotas</c>,
    /// <c>--key</c>.
    /// </param>
    /// <exception cref="FormatException">An argument is unknown or invalid.</exception>
    public static WebApplication Create(params string[] args) => Create(TimeProvider.System, args);

    /// <param name="real">The clock for fault durations, and for the simulated clock until that is set.</param>
    /// <param name="args">The arguments of the command line.</param>
    /// <exception cref="FormatException">An argument is unknown or invalid.</exception>
    public static WebApplication Create(TimeProvider real, params string[] args)
    {
        var options = SimulatorOptions.Parse(args);
        // Ignore environment and files: an address meant for the app must not change the simulator's.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });

        var app = builder.Build();
        var simulation = new Simulation(options, real);
        var calls = new CallHandler(simulation, app.Lifetime.ApplicationStopping);
        var admin = new AdminEndpoint(simulation);
        app.Run(context => Dispatch(context, simulation, calls, admin));
        return app;
    }

    private static Task Dispatch(HttpContext context, Simulation simulation, CallHandler calls, AdminEndpoint admin)
    {
        var path = context.Request.Path.Value ?? "/";
        var end = path.IndexOf('/', 1);
        var prefix = path.AsSpan(1, (end < 0 ? path.Length : end) - 1);
        var rest = end < 0 ? "" : path[end..];
        if (ProviderNames.TryParse(prefix, out var provider))
        {
            return calls.HandleAsync(context, simulation.Providers[(int)provider], rest);
        }

        if (prefix is "admin")
        {
            return admin.HandleAsync(context, rest);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
