using System.Globalization;
using DurableTask.Core;

namespace Quorum.HubKills.Seeds;

/// <summary>The orchestrations of a seed's workload: three generations of activities, a timer, a sub-orchestration, an event, and a message
/// to an instance that collects them. Each output is known beforehand and differs if anything happens twice or not at all.</summary>
public static class SeedOrchestrations
{
    /// <summary>The output of <c>mixed</c>: eleven activities, two of its child, one event.</summary>
    public const string MixedOutput = "14";

    /// <summary>Adds the orchestrators and their activity.</summary>
    /// <param name="worker">Not started yet.</param>
    /// <param name="run">Called for each run of the activity, with instance and call.</param>
    public static void AddTo(TaskHubWorker worker, Func<string, Task> run)
    {
        worker.AddTaskOrchestrations(
            new Named<TaskOrchestration>("mixed", () => new Mixed()),
            new Named<TaskOrchestration>("child", () => new Child()),
            new Named<TaskOrchestration>("collector", () => new Collector())
        );
        worker.AddTaskActivities(new Named<TaskActivity>("one", () => new One(run)));
    }

    private abstract class WithEvents : TaskOrchestration<string, string>
    {
        private TaskCompletionSource? _waiting;

        protected List<string> Raised { get; } = [];

        public override void OnEvent(OrchestrationContext context, string name, string input)
        {
            Raised.Add(input);
            _waiting?.TrySetResult();
        }

        protected Task AnyAsync() => Raised.Count > 0 ? Task.CompletedTask : (_waiting ??= new TaskCompletionSource()).Task;
    }

    /// <summary>Input: generation, sum, collector and, if it has come already, the event.</summary>
    private sealed class Mixed : WithEvents
    {
        public override async Task<string> RunTask(OrchestrationContext context, string input)
        {
            var state = input.Split(':');
            var generation = int.Parse(state[0], CultureInfo.InvariantCulture);
            var sum = int.Parse(state[1], CultureInfo.InvariantCulture);
            var id = context.OrchestrationInstance.InstanceId;
            if (state[3] == "go")
            {
                Raised.Add("go");
            }

            sum += (
                await Task.WhenAll(Enumerable.Range(0, 3).Select(i => context.ScheduleTask<int>("one", "", $"{id} {generation}.{i}")))
            ).Sum();
            switch (generation)
            {
                case 0:
                    await context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(5), true);
                    sum += await context.ScheduleTask<int>("one", "", $"{id} after-timer");
                    break;
                case 1:
                    sum += await context.CreateSubOrchestrationInstance<int>("child", "", id + "-child", "");
                    sum += await context.ScheduleTask<int>("one", "", $"{id} after-child");
                    break;
                default:
                    await AnyAsync();
                    context.SendEvent(new OrchestrationInstance { InstanceId = state[2] }, "add", id);
                    return $"{sum + 1}";
            }

            context.ContinueAsNew($"{generation + 1}:{sum}:{state[2]}:{(Raised.Count > 0 ? "go" : "")}");
            return "";
        }
    }

    private sealed class Child : TaskOrchestration<int, string>
    {
        public override async Task<int> RunTask(OrchestrationContext context, string input)
        {
            var id = context.OrchestrationInstance.InstanceId;
            return await context.ScheduleTask<int>("one", "", id + " 0") + await context.ScheduleTask<int>("one", "", id + " 1");
        }
    }

    /// <summary>Collects as many messages as the first part of its input says and continues as new after each group; the output is what it
    /// got, sorted.</summary>
    private sealed class Collector : WithEvents
    {
        public override async Task<string> RunTask(OrchestrationContext context, string input)
        {
            var state = input.Split(':');
            await AnyAsync();
            string[] collected = [.. state[1].Split(',', StringSplitOptions.RemoveEmptyEntries), .. Raised];
            if (collected.Length >= int.Parse(state[0], CultureInfo.InvariantCulture))
            {
                return string.Join(',', collected.Order(StringComparer.Ordinal));
            }

            context.ContinueAsNew($"{state[0]}:{string.Join(',', collected)}");
            return "";
        }
    }

    private sealed class One(Func<string, Task> run) : AsyncTaskActivity<string, int>
    {
        protected override async Task<int> ExecuteAsync(TaskContext context, string input)
        {
            await run(input);
            return 1;
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
