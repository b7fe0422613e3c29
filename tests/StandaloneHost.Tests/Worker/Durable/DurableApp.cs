using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.StandaloneHost.Tests.Worker.App;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.Worker.Durable;

/// <summary>A durable functions app on a database of its own.</summary>
internal sealed class DurableApp : IAsyncDisposable
{
    private const string Instances = "runtime/webhooks/durabletask/instances";

    private DurableApp(TestDatabase database, RunningApp app)
    {
        Database = database;
        Running = app;
    }

    public TestDatabase Database { get; }

    public RunningApp Running { get; }

    public HttpClient Client => Running.Client;

    public static async Task<DurableApp> StartAsync(params string[] args)
    {
        var database = await TestDatabase.CreateAsync();
        var app = await RunningApp.StartAsync(
            typeof(DurableFunctions),
            configure: null,
            directory: null,
            ["--ConnectionStrings:Quorum", database.ConnectionString, .. args]
        );
        return new DurableApp(database, app);
    }

    /// <summary>Waits for the end of an instance, and returns what the management API then answers.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Shown)> EndOfAsync(string id)
    {
        using var deadline = new CancellationTokenSource(SignalTasks.Deadline);
        var client = (DurableTaskClient?)Running.Host.Services.GetService(typeof(DurableTaskClient));
        await client!.WaitForInstanceCompletionAsync(id, deadline.Token); // a durable app has a client
        using var response = await Client.GetAsync($"{Instances}/{id}", deadline.Token);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(deadline.Token));
    }

    /// <summary>Waits until the management API shows a status.</summary>
    public async Task UntilStatusAsync(string id, string status)
    {
        using var deadline = new CancellationTokenSource(SignalTasks.Deadline);
        string? seen;
        do
        {
            seen = (await Client.GetFromJsonAsync<JsonElement>($"{Instances}/{id}", deadline.Token))
                .GetProperty("runtimeStatus")
                .GetString();
        } while (seen != status);
    }

    public async ValueTask DisposeAsync()
    {
        await Running.DisposeAsync();
        await Database.DisposeAsync();
    }
}

public sealed class DurableFunctions
{
    [Function("Start")]
    public static async Task<HttpResponseData> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "start/{name}/{id}")] HttpRequestData request,
        [DurableClient] DurableTaskClient client,
        string name,
        string id,
        CancellationToken cancellationToken
    )
    {
        await client.ScheduleNewOrchestrationInstanceAsync(
            name,
            await request.ReadAsStringAsync(),
            new StartOrchestrationOptions(id),
            cancellationToken
        );
        return await client.CreateCheckStatusResponseAsync(request, id, cancellationToken);
    }

    [Function("GreetAll")]
    public static async Task<string[]> GreetAll([OrchestrationTrigger] TaskOrchestrationContext context, string names)
    {
        context.SetCustomStatus(new { Phase = "greeting" });
#pragma warning disable DURABLE2002 // the analyzer does not look into ValueTask<string>
        return await Task.WhenAll(names.Split(',').Select(name => context.CallActivityAsync<string>("Greet", new Person(name))));
#pragma warning restore DURABLE2002
    }

    [Function("Greet")]
    public static async ValueTask<string> Greet(
        [ActivityTrigger] Person person,
        FunctionContext context,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        return $"Hello {person.Name}{(context.BindingContext.BindingData["instanceId"] is string ? "" : "?")}";
    }

    [Function("WaitForApproval")]
    public static async Task<string> WaitForApproval([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var approval = await context.WaitForExternalEvent<Person>("Approval");
        return $"approved by {approval.Name}";
    }

    [Function("FailOnPurpose")]
    public static Task FailOnPurpose([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync("Break");

    [Function("Break")]
    public static void Break([ActivityTrigger] string? input) => throw new InvalidOperationException("broken on purpose");

    public sealed record Person(string Name);
}
