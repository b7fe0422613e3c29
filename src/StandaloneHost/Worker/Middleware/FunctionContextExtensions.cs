using Microsoft.Azure.Functions.Worker.Http;
using Quorum.StandaloneHost.Hosting.Invocations;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The HTTP side of an invocation, for middleware.</summary>
public static class FunctionContextHttpRequestExtensions
{
    /// <summary>The request; <see langword="null"/> when something else started the function.</summary>
    public static ValueTask<HttpRequestData?> GetHttpRequestDataAsync(this FunctionContext context)
    {
        var invocation = Invocation.Of(context);
        return ValueTask.FromResult(invocation.Request?.DataFor(invocation));
    }

    /// <summary>The response that the function returned; <see langword="null"/> before it ran, or when it returned none.</summary>
    public static HttpResponseData? GetHttpResponseData(this FunctionContext context)
    {
        var invocation = Invocation.Of(context);
        return invocation.Result as HttpResponseData ?? invocation.Function.Outputs?.ResponseOf(invocation.Result);
    }
}

/// <summary>The result of an invocation, for middleware.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    /// <summary>The result, to be read or replaced.</summary>
    public static InvocationResult GetInvocationResult(this FunctionContext context) => new Result(Invocation.Of(context));

    /// <summary>The result, to be read or replaced.</summary>
    /// <exception cref="InvalidOperationException">The function returned something else.</exception>
    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context)
    {
        var invocation = Invocation.Of(context);
        return invocation.Result is T
            ? new Result<T>(invocation)
            : throw new InvalidOperationException($"The function's result is no {typeof(T)}, but {invocation.Result?.GetType().ToString() ?? "null"}.");
    }

    private sealed class Result(Invocation invocation) : InvocationResult
    {
        public override object? Value
        {
            get => invocation.Result;
            set => invocation.Result = value;
        }
    }

    private sealed class Result<T>(Invocation invocation) : InvocationResult<T>
    {
        public override T? Value
        {
            get => invocation.Result is T value ? value : default;
            set => invocation.Result = value;
        }
    }
}
