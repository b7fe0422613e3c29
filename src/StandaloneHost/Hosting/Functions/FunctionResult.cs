using System.Linq.Expressions;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>Converts the result of any function's method into one kind of task.</summary>
internal static class FunctionResult
{
    private static readonly Task<object?> Nothing = Task.FromResult<object?>(null);

    /// <summary>Returns the type of the awaited result; <see langword="null"/> for none.</summary>
    public static Type? TypeOf(Type returned)
    {
        if (returned == typeof(void) || returned == typeof(Task) || returned == typeof(ValueTask))
        {
            return null;
        }

        return IsAwaitable(returned) ? returned.GetGenericArguments()[0] : returned;
    }

    /// <summary>Returns the call with its result converted to <c>Task&lt;object?&gt;</c>.</summary>
    public static Expression AsTask(Expression call)
    {
        var returned = call.Type;
        if (returned == typeof(void))
        {
            return Expression.Block(call, Expression.Constant(Nothing));
        }

        if (returned == typeof(Task) || returned == typeof(ValueTask))
        {
            return Expression.Call(typeof(FunctionResult), nameof(OfAwaitable), null, call);
        }

        return IsAwaitable(returned)
            ? Expression.Call(typeof(FunctionResult), nameof(OfAwaitable), returned.GetGenericArguments(), call)
            : Expression.Call(typeof(FunctionResult), nameof(OfValue), null, Expression.Convert(call, typeof(object)));
    }

    private static bool IsAwaitable(Type returned) =>
        returned.IsGenericType
        && (returned.GetGenericTypeDefinition() == typeof(Task<>) || returned.GetGenericTypeDefinition() == typeof(ValueTask<>));

    private static Task<object?> OfValue(object? value) => Task.FromResult(value);

    private static Task<object?> OfAwaitable(Task task)
    {
        return task.IsCompletedSuccessfully ? Nothing : Wait(task);

        static async Task<object?> Wait(Task task)
        {
            await task;
            return null;
        }
    }

    private static Task<object?> OfAwaitable(ValueTask task) => task.IsCompletedSuccessfully ? Nothing : OfAwaitable(task.AsTask());

    private static async Task<object?> OfAwaitable<T>(Task<T> task) => await task;

    private static async Task<object?> OfAwaitable<T>(ValueTask<T> task) => await task;
}
