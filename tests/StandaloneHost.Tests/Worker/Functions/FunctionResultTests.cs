using System.Linq.Expressions;
using Quorum.StandaloneHost.Hosting.Functions;

namespace Quorum.StandaloneHost.Tests.Worker.Functions;

/// <summary>Any return type of a function's method becomes one kind of task.</summary>
public sealed class FunctionResultTests
{
    [Theory]
    [InlineData(nameof(Void), null)]
    [InlineData(nameof(PlainTask), null)]
    [InlineData(nameof(LaterTask), null)]
    [InlineData(nameof(PlainValueTask), null)]
    [InlineData(nameof(LaterValueTask), null)]
    [InlineData(nameof(Number), 7)]
    [InlineData(nameof(Text), "text")]
    [InlineData(nameof(NoText), null)]
    [InlineData(nameof(TaskOfNumber), 7)]
    [InlineData(nameof(TaskOfNoText), null)]
    [InlineData(nameof(ValueTaskOfNumber), 7)]
    [InlineData(nameof(LaterValueTaskOfText), "text")]
    public async Task A_result_is_awaited_and_boxed(string method, object? expected) => Assert.Equal(expected, await Run(method));

    [Theory]
    [InlineData(nameof(FailingTask))]
    [InlineData(nameof(FailingValueTask))]
    [InlineData(nameof(FailingTaskOfNumber))]
    public async Task The_exception_of_a_task_is_its_own_and_not_wrapped(string method) =>
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => Run(method))).Message);

    [Theory]
    [InlineData(typeof(void), null)]
    [InlineData(typeof(Task), null)]
    [InlineData(typeof(ValueTask), null)]
    [InlineData(typeof(Task<string>), typeof(string))]
    [InlineData(typeof(ValueTask<int?>), typeof(int?))]
    [InlineData(typeof(Task<Task<int>>), typeof(Task<int>))]
    [InlineData(typeof(List<int>), typeof(List<int>))]
    [InlineData(typeof(int), typeof(int))]
    public void The_type_of_a_result_is_that_of_the_awaited_one(Type returned, Type? expected) =>
        Assert.Equal(expected, FunctionResult.TypeOf(returned));

    private static Task<object?> Run(string method) =>
        Expression
            .Lambda<Func<Task<object?>>>(FunctionResult.AsTask(Expression.Call(typeof(FunctionResultTests), method, null)))
            .Compile()();

    private static void Void() { }

    private static Task PlainTask() => Task.CompletedTask;

    private static async Task LaterTask() => await Task.Yield();

    private static ValueTask PlainValueTask() => ValueTask.CompletedTask;

    private static async ValueTask LaterValueTask() => await Task.Yield();

    private static int Number() => 7;

    private static string Text() => "text";

    private static string? NoText() => null;

    private static Task<int> TaskOfNumber() => Task.FromResult(7);

    private static Task<string?> TaskOfNoText() => Task.FromResult<string?>(null);

    private static ValueTask<int> ValueTaskOfNumber() => ValueTask.FromResult(7);

    private static async ValueTask<string> LaterValueTaskOfText()
    {
        await Task.Yield();
        return "text";
    }

    private static Task FailingTask() => Task.FromException(new InvalidOperationException("broken"));

    private static ValueTask FailingValueTask() => ValueTask.FromException(new InvalidOperationException("broken"));

    private static Task<int> FailingTaskOfNumber() => Task.FromException<int>(new InvalidOperationException("broken"));
}
