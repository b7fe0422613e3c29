namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>Runs around every invocation, in the order of registration; one instance serves the whole process.</summary>
public interface IFunctionsWorkerMiddleware
{
    /// <summary>Does its part and calls <paramref name="next"/>, or does not, and then the function does not run.</summary>
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}

/// <summary>The rest of an invocation: further middleware, then the function.</summary>
public delegate Task FunctionExecutionDelegate(FunctionContext context);
