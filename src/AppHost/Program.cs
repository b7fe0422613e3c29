using Quorum.DevHost.Settings;

// The app, the provider simulator, PostgreSQL and Azurite under the Aspire dashboard. Settings of the environment win: with
// ConnectionStrings__Quorum or AzureWebJobsStorage no container is started for it, and a provider's key means the real provider.
var builder = DistributedApplication.CreateBuilder(args);
var given = new GivenSettings(Environment.GetEnvironmentVariables());
var roles = ProviderRoles.Of(given, simulateMissing: false);

var quorum = builder
    .AddProject<Projects.StandaloneApp>("quorum", launchProfileName: null)
    .WithHttpEndpoint(port: 7071, env: "FUNCTIONS_HTTP_PORT")
    .WithEnvironment("AZURE_FUNCTIONS_ENVIRONMENT", "Development") // no function keys, as under Core Tools
    .WithHttpHealthCheck("/api/health/ready")
    .WithUrlForEndpoint("http", url => url.DisplayText = "Console");

if (!given.Has("ConnectionStrings__Quorum"))
{
    var database = builder.AddPostgres("postgres").WithDataVolume("quorum-postgres").AddDatabase("Quorum");
    quorum.WithReference(database).WaitFor(database);
}

if (!given.Has("AzureWebJobsStorage"))
{
    var azurite = builder
        .AddContainer("azurite", "mcr.microsoft.com/azure-storage/azurite", "3.35.0")
        .WithArgs("azurite-queue", "--queueHost", "0.0.0.0", "--location", "/data", "--skipApiVersionCheck", "--silent")
        .WithVolume("quorum-azurite", "/data")
        .WithEndpoint(targetPort: 10001, name: "queue", scheme: "http");
    var queue = azurite.GetEndpoint("queue");
    quorum
        .WithEnvironment(
            "AzureWebJobsStorage",
            // Azurite's own well-known development account.
            ReferenceExpression.Create(
                $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;QueueEndpoint={queue}/devstoreaccount1;"
            )
        )
        .WaitFor(azurite);
}

if (roles.Simulated.Count > 0)
{
    var simulator = builder.AddProject<Projects.ProviderSimulator>("simulator", launchProfileName: null).WithHttpEndpoint();
    var http = simulator.GetEndpoint("http");
    simulator.WithArgs("--port", http.Property(EndpointProperty.TargetPort), "--quotas", "off");
    quorum
        .WithEnvironment(context =>
        {
            foreach (var (name, value) in roles.SimulatorSettings(given, http.Url))
            {
                context.EnvironmentVariables[name] = value;
            }
        })
        .WaitFor(simulator);
}

await builder.Build().RunAsync();
