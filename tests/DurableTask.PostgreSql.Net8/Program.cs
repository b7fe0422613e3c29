using DurableTask.Core;
using Quorum.DurableTask.PostgreSql;
using Quorum.DurableTask.PostgreSql.Net8;

// Runs one orchestration of each kind of step on the PostgreSQL of the connection string given as the argument.
// Exit code 0 if the result is right.
if (args is not [var connectionString])
{
    await Console.Error.WriteLineAsync("Usage: DurableTask.PostgreSql.Net8 CONNECTION_STRING");
    return 2;
}

await using var service = new PostgresOrchestrationService(
    new PostgresOrchestrationOptions { ConnectionString = connectionString, HubName = "net8" }
);
using var worker = new TaskHubWorker(service);
worker.AddTaskOrchestrations(typeof(Sums), typeof(Square));
worker.AddTaskActivities(typeof(MultiplyByItself));
await worker.StartAsync();

var client = new TaskHubClient(service);
var instance = await client.CreateOrchestrationInstanceAsync(typeof(Sums), new SumsInput(From: 1, To: 3, Total: 0));
await client.RaiseEventAsync(instance, "Offset", 100);
var state = await client.WaitForOrchestrationAsync(instance, TimeSpan.FromSeconds(30));
await worker.StopAsync(isForced: true);

Console.WriteLine($"{Environment.Version}: {state?.OrchestrationStatus} {state?.Output}");
return state is { OrchestrationStatus: OrchestrationStatus.Completed, Output: "114" } ? 0 : 1;
