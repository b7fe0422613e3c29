using System.Text.Json;
using Azure.Core.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.Hosting.Durable;
using Quorum.StandaloneHost.Hosting.Functions;
using Quorum.StandaloneHost.Hosting.Http;
using Quorum.StandaloneHost.Hosting.Invocations;
using Quorum.StandaloneHost.Hosting.Management;
using Quorum.StandaloneHost.Hosting.Queues;
using Quorum.StandaloneHost.Hosting.Settings;
using Quorum.StandaloneHost.Hosting.Timers;

namespace Quorum.StandaloneHost.Hosting;

/// <summary>Composes the runtime around an app: settings first, then the app's services, then the functions that it declares.</summary>
internal sealed class HostComposition
{
    private readonly AppToRun _app;
    private readonly IConfiguration _commandLine;
    private readonly IConfiguration _hostJson;
    private readonly LocalSettings _localSettings;

    public HostComposition(string[] args, AppToRun app)
    {
        _app = app;
        _commandLine = new ConfigurationBuilder().AddCommandLine(args).Build();
        _hostJson = HostJson.Load(app.Directories);
        _localSettings = LocalSettings.Load(app.Directories);
        // Neither the slim builder's developer page and host filter, whose answers are HTML, nor its settings, whose order is another.
        Builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions
            {
                Args = args,
                ContentRootPath = AppContext.BaseDirectory,
                EnvironmentName =
                    _commandLine[HostDefaults.EnvironmentKey]
                    ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
                    ?? Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT"),
            }
        );
        AddSettings(args);
        AddLogging();
        AddContainer();
        Builder.WebHost.UseKestrelCore();
        Builder.Services.AddHostedService<ServerLifetime>();
        Builder.Services.TryAddEnumerable(ServiceDescriptor.Transient<IConfigureOptions<JsonSerializerOptions>, AnyCaseIn>());
        Builder
            .Services.AddOptions<WorkerOptions>()
            .Configure<IOptions<JsonSerializerOptions>>((worker, json) => worker.Serializer ??= new JsonObjectSerializer(json.Value));
        Builder.Services.TryAddSingleton(TimeProvider.System);
    }

    public WebApplicationBuilder Builder { get; }

    /// <summary>The route, below the prefix, to which <c>GET /</c> redirects; <see langword="null"/> for none.</summary>
    public string? HomePage { get; set; }

    public IHost Build(IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware)
    {
        var faults = new List<string>();
        var settings = HostSettings.Read(_hostJson, Builder.Configuration, faults);
        var http = HttpSettings.Read(Builder.Configuration, _commandLine, _localSettings, Builder.Environment.IsDevelopment(), faults);
        var keys = FunctionKeys.Read(Builder.Configuration, http, faults);
        var catalogue = FunctionCatalogue.Discover(_app.Types, settings.RoutePrefix, new BindingSettings(Builder.Configuration));
        var services = Builder.Services;
        services.AddSingleton(settings);
        services.AddSingleton(catalogue);
        services.AddSingleton<QueueServices>();
        if (catalogue.NeedsTaskHub)
        {
            AddTaskHub(services, settings.TaskHub, faults);
        }

        if (faults.Count > 0)
        {
            throw new HostSettingsException([.. faults, .. FaultsOfOptions()]);
        }

        services.AddHttpServer(http, keys);
        if (catalogue.HasQueueTriggers)
        {
            services.AddHostedService<QueueFunctions>();
        }

        if (catalogue.HasTimers)
        {
            services.AddHostedService<TimerFunctions>();
        }

        var host = Builder.Build();
        try
        {
            host.Services.GetService<IStartupValidator>()?.Validate(); // all of them, before the first one alone stops the start
            Attach(catalogue, middleware, settings, host.Services);
            host.UseWebPipeline(http, host.Services.GetRequiredService<TrustedHosts>());
            host.Services.GetRequiredService<FunctionEndpoints>().Map(host, host.Services.GetService<ManagementApi>(), HomePath(settings));
            return host;
        }
        catch
        {
            ((IHost)host).Dispose();
            throw;
        }
    }

    /// <summary>Returns the faults of options, so that they are reported together with those of the host's own settings.</summary>
    private IEnumerable<string> FaultsOfOptions()
    {
        using var services = Builder.Services.BuildServiceProvider();
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException wrong)
        {
            return wrong.Failures;
        }
        catch (AggregateException several)
        {
            return several.InnerExceptions.OfType<OptionsValidationException>().SelectMany(wrong => wrong.Failures);
        }
        catch (InvalidOperationException unread)
        {
            return [unread.Message]; // of the configuration binder, which names the value and its path
        }
    }

    /// <summary>Adds the engine. The section <c>TaskHub</c> of the app's settings overrides host.json, which is also Azure's.</summary>
    private void AddTaskHub(IServiceCollection services, TaskHubSettings settings, List<string> faults)
    {
        var section = Builder.Configuration.GetSection("TaskHub");
        var connection = section["ConnectionStringName"] ?? "Quorum";
        if ((section["ConnectionString"] ?? Builder.Configuration.GetConnectionString(connection)) is not { Length: > 0 } connectionString)
        {
            faults.Add($"settings: ConnectionStrings:{connection} must be set; the task hub and the timers are in that database.");
            return;
        }

        services.AddDurableTaskEngine(
            (options, _) =>
            {
                options.HubName = settings.HubName;
                options.MaxConcurrentActivities = settings.MaxConcurrentActivities ?? options.MaxConcurrentActivities;
                section.Bind(options);
                options.ConnectionString = connectionString;
            }
        );
        services.AddSingleton<ManagementApi>();
    }

    private string? HomePath(HostSettings settings) =>
        HomePage is null
            ? null
            : string.Join('/', ["", .. settings.RoutePrefix.Split('/', StringSplitOptions.RemoveEmptyEntries), HomePage]);

    private static void Attach(
        FunctionCatalogue catalogue,
        IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware,
        HostSettings settings,
        IServiceProvider services
    )
    {
        var faults = new List<string>();
        ConstructorCheck.FindFaults(catalogue.Functions, services, faults);
        if (faults.Count > 0)
        {
            throw new FunctionDeclarationException(faults);
        }

        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Function");
        var runtime = new FunctionRuntime
        {
            Services = services,
            Json = services.GetRequiredService<IOptions<JsonSerializerOptions>>().Value,
            Pipeline = new InvocationPipeline(middleware, logger),
            Logger = logger,
            DurableClient = services.GetService<DurableTaskClient>(),
            Queues = services.GetRequiredService<QueueServices>(),
            QueueEncoding = settings.Queues.MessageEncoding,
            FunctionTimeout = settings.FunctionTimeout,
        };
        foreach (var function in catalogue.Functions)
        {
            function.Attach(runtime);
        }

        if (catalogue.NeedsTaskHub)
        {
            DurableFunctions.Register(catalogue.Functions, services.GetRequiredService<TaskRegistry>());
        }
    }

    /// <summary>Adds the sources of settings; a later one takes precedence.</summary>
    private void AddSettings(string[] args)
    {
        var settings = Builder.Configuration;
        settings.AddEnvironmentVariables("AZURE_FUNCTIONS_");
        settings.AddInMemoryCollection([
            new("Logging:LogLevel:Npgsql", "Warning"), // at Information it logs every command
            new("Logging:LogLevel:DurableTask.Core", "Warning"), // at Information it logs every turn
            new("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),
            // One line per record, with its time in UTC.
            new("Logging:Console:FormatterName", "simple"),
            new("Logging:Console:FormatterOptions:SingleLine", "true"),
            new("Logging:Console:FormatterOptions:UseUtcTimestamp", "true"),
            new("Logging:Console:FormatterOptions:TimestampFormat", "yyyy-MM-dd'T'HH:mm:ss.fff'Z' "),
        ]);
        settings.AddInMemoryCollection(HostJson.LogLevels(_hostJson));
        settings.AddEnvironmentVariables("DOTNET_");
        settings.AddJsonFile("appsettings.json", optional: true);
        settings.AddJsonFile($"appsettings.{Builder.Environment.EnvironmentName}.json", optional: true);
        settings.AddInMemoryCollection(_localSettings.Values);
        settings.AddEnvironmentVariables();
        settings.AddCommandLine(args);
    }

    private void AddLogging()
    {
        Builder.Logging.AddConfiguration(Builder.Configuration.GetSection("Logging"));
        Builder.Logging.AddConsole().AddDebug().AddEventSourceLogger();
        Builder.Logging.Configure(factory =>
            factory.ActivityTrackingOptions =
                ActivityTrackingOptions.SpanId | ActivityTrackingOptions.TraceId | ActivityTrackingOptions.ParentId
        );
    }

    private void AddContainer()
    {
        var isDevelopment = Builder.Environment.IsDevelopment();
        var options = new ServiceProviderOptions { ValidateScopes = isDevelopment, ValidateOnBuild = isDevelopment };
        Builder.Host.UseServiceProviderFactory(new DefaultServiceProviderFactory(options));
    }

    /// <summary>Makes JSON input case-insensitive, as in the package.</summary>
    private sealed class AnyCaseIn : IConfigureOptions<JsonSerializerOptions>
    {
        public void Configure(JsonSerializerOptions options) => options.PropertyNameCaseInsensitive = true;
    }
}
