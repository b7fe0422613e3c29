using DurableTask.Core;
using Npgsql;
using Quorum.DurableTask.PostgreSql;

namespace Quorum.HubKills;

/// <summary>A worker of the hub in a process of its own. It runs <c>chain</c>, activities one after the other, and <c>collect</c>, which
/// continues as new for each event. Every run of an activity leaves a row in <c>public.runs</c>.</summary>
public static class WorkerProcess
{
    public static async Task RunAsync(string connectionString, TimeSpan lease)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var service = new PostgresOrchestrationService(
            new PostgresOrchestrationOptions { ConnectionString = connectionString, Lease = lease }
        );
        using var worker = new TaskHubWorker(service) { ErrorPropagationMode = ErrorPropagationMode.UseFailureDetails };
        worker.AddTaskOrchestrations(
            new Named<TaskOrchestration>("chain", () => new Chain()),
            new Named<TaskOrchestration>("collect", () => new Collect())
        );
        worker.AddTaskActivities(new Named<TaskActivity>("run", () => new Run(database)));
        await worker.StartAsync();
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        await service.StopAsync(isForced: true);
        await worker.StopAsync(isForced: true);
    }

    /// <summary>Creates a temporary folder that PostgreSQL's own user may enter.</summary>
    public static DirectoryInfo NewFolder(string name) =>
        Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"{name}-{Guid.NewGuid():N}"));

    /// <summary>Creates the table of activity runs.</summary>
    public static async Task PrepareAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            "create table if not exists public.runs (instance_id text, step text, at timestamptz default now())"
        );
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Runs as many activities as its input says, one after the other; the output is their sum.</summary>
    private sealed class Chain : TaskOrchestration<int, int>
    {
        public override async Task<int> RunTask(OrchestrationContext context, int input)
        {
            var sum = 0;
            for (var step = 1; step <= input; step++)
            {
                sum += int.Parse(
                    await context.ScheduleTask<string>("run", "", context.OrchestrationInstance.InstanceId, $"{step}", 0),
                    System.Globalization.CultureInfo.InvariantCulture
                );
            }

            return sum;
        }
    }

    /// <summary>Appends each event <c>add</c> to its input, after an activity of 300 ms, and continues as new; the event <c>end</c> ends
    /// it.</summary>
    private sealed class Collect : TaskOrchestration<string, string>
    {
        private readonly Queue<string> _raised = new();
        private TaskCompletionSource<string>? _waiting;

        public override async Task<string> RunTask(OrchestrationContext context, string input)
        {
            await context.ScheduleTask<string>("run", "", context.OrchestrationInstance.InstanceId, $"{input}", 300);
            var item = await NextAsync();
            if (item == "end")
            {
                return input;
            }

            context.ContinueAsNew(input + item);
            return "";
        }

        public override void OnEvent(OrchestrationContext context, string name, string input)
        {
            if (_waiting is { } waiting)
            {
                _waiting = null;
                waiting.SetResult(input);
            }
            else
            {
                _raised.Enqueue(input);
            }
        }

        private Task<string> NextAsync() =>
            _raised.TryDequeue(out var item) ? Task.FromResult(item) : (_waiting = new TaskCompletionSource<string>()).Task;
    }

    private sealed class Run(NpgsqlDataSource database) : AsyncTaskActivity<string, string>
    {
        protected override Task<string> ExecuteAsync(TaskContext context, string input) => throw new NotSupportedException();

        public override async Task<string> RunAsync(TaskContext context, string input)
        {
            var arguments = System.Text.Json.JsonDocument.Parse(input).RootElement;
            while (!await TryNoteAsync(arguments[0].GetString()!, arguments[1].GetString()!)) // both orchestrations pass two strings
            {
                await Task.Delay(50); // PostgreSQL is unreachable
            }

            await Task.Delay(arguments[2].GetInt32());
            return "\"1\"";
        }

        private async Task<bool> TryNoteAsync(string instanceId, string step)
        {
            await using var command = database.CreateCommand("insert into public.runs (instance_id, step) values ($1, $2)");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = step });
            try
            {
                await command.ExecuteNonQueryAsync();
                return true;
            }
            catch (NpgsqlException e) when (e.IsTransient)
            {
                return false;
            }
        }
    }

    private sealed class Named<T> : ObjectCreator<T>
    {
        private readonly Func<T> _create;

        public Named(string name, Func<T> create)
        {
            Name = name;
            Version = "";
            _create = create;
        }

        public override T Create() => _create();
    }
}
