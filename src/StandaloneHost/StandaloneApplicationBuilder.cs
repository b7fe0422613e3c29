using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting;

namespace Quorum.StandaloneHost;

/// <summary>Collects an app's services, settings and middleware, and builds its host.</summary>
public sealed class StandaloneApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly HostComposition _host;
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];
    private bool _built;

    internal StandaloneApplicationBuilder(string[]? args, AppToRun app)
    {
        _host = new HostComposition(args ?? [], app);
    }

    /// <summary>The app's services.</summary>
    public IServiceCollection Services => _host.Builder.Services;

    /// <summary>The app's settings: the host's defaults, local.settings.json, the environment, the command line; the last wins.</summary>
    public ConfigurationManager Configuration => _host.Builder.Configuration;

    /// <summary>The environment, from <c>DOTNET_ENVIRONMENT</c> or <c>AZURE_FUNCTIONS_ENVIRONMENT</c>.</summary>
    public IHostEnvironment Environment => _host.Builder.Environment;

    /// <summary>The app's loggers.</summary>
    public ILoggingBuilder Logging => _host.Builder.Logging;

    /// <summary>The app's metrics.</summary>
    public IMetricsBuilder Metrics => _host.Builder.Metrics;

    /// <summary>Values that extensions share.</summary>
    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_host.Builder).Properties;

    /// <summary>
    /// The route, below the prefix, of the function to which <c>GET /</c> redirects; <see langword="null"/>, the default, for a 404.
    /// </summary>
    public string? HomePage
    {
        get => _host.HomePage;
        set => _host.HomePage = value;
    }

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    /// <summary>Builds the host. The app's own hosted services start before the host's, and stop after them.</summary>
    /// <exception cref="Hosting.Functions.FunctionDeclarationException">The functions cannot run as declared.</exception>
    /// <exception cref="Hosting.Settings.HostSettingsException">The settings cannot be used.</exception>
    /// <exception cref="InvalidOperationException">The host was built already.</exception>
    public IHost Build()
    {
        ThrowIfBuilt();
        _built = true;
        return _host.Build(_middleware);
    }

    /// <inheritdoc />
    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory,
        Action<TContainerBuilder>? configure = null
    )
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)_host.Builder).ConfigureContainer(factory, configure);

    /// <inheritdoc />
    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        ThrowIfBuilt();
        _middleware.Add(middleware);
        return this;
    }

    private void ThrowIfBuilt()
    {
        if (_built)
        {
            throw new InvalidOperationException("The application has already been built.");
        }
    }
}
