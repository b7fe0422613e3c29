using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace Quorum.StandaloneHost.Hosting.Invocations;

/// <summary>Runs functions inside the app's middleware.</summary>
internal sealed class InvocationPipeline
{
    private readonly ILogger _logger;
    private readonly FunctionExecutionDelegate? _middleware;

    /// <param name="middleware">The middleware, outermost first.</param>
    /// <param name="logger">Receives a scope around every invocation.</param>
    public InvocationPipeline(IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware, ILogger logger)
    {
        _logger = logger;
        if (middleware.Count > 0)
        {
            FunctionExecutionDelegate inner = RunBodyAsync;
            for (var i = middleware.Count - 1; i >= 0; i--)
            {
                inner = middleware[i](inner);
            }

            _middleware = inner;
        }
    }

    /// <summary>Runs the function and sends its outputs. The caller closes the invocation after using the result.</summary>
    public async Task<object?> RunAsync(Invocation invocation)
    {
        using var scope = _logger.BeginScope(new InvocationScope(invocation));
        object? result;
        if (_middleware is null)
        {
            result = await invocation.Function.Body(invocation);
        }
        else
        {
            await _middleware(invocation);
            result = invocation.ReplacedResponse ?? invocation.Result;
        }

        if (invocation.Function.Outputs is { } outputs)
        {
            await outputs.SendAsync(result, invocation.Function.Runtime);
        }

        return result;
    }

    private static async Task RunBodyAsync(FunctionContext context)
    {
        var invocation = Invocation.Of(context);
        invocation.Result = await invocation.Function.Body(invocation);
    }
}
