using DurableTask.Core;

namespace Quorum.DurableTask.PostgreSql.Net8;

/// <summary>The numbers that are left, and the sum so far; 0 before the offset has arrived.</summary>
internal sealed record SumsInput(int From, int To, int Total);

/// <summary>Waits for an offset that arrives as an event, and adds the squares from From to To, one generation for each.</summary>
internal sealed class Sums : TaskOrchestration<int, SumsInput, int, string>
{
    private readonly TaskCompletionSource<int> _offset = new();

    public override async Task<int> RunTask(OrchestrationContext context, SumsInput input)
    {
        var total = input.Total > 0 ? input.Total : await _offset.Task;
        if (input.From > input.To)
        {
            return total;
        }

        await context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(1), true);
        var square = await context.CreateSubOrchestrationInstance<int>(typeof(Square), input.From);
        context.ContinueAsNew(input with { From = input.From + 1, Total = total + square });
        return total;
    }

    public override void OnEvent(OrchestrationContext context, string name, int input) => _offset.TrySetResult(input);
}

internal sealed class Square : TaskOrchestration<int, int>
{
    public override Task<int> RunTask(OrchestrationContext context, int input) =>
        context.ScheduleTask<int>(typeof(MultiplyByItself), input);
}

internal sealed class MultiplyByItself : TaskActivity<int, int>
{
    protected override int Execute(TaskContext context, int input) => input * input;
}
