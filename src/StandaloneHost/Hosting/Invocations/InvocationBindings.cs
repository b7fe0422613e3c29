using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace Quorum.StandaloneHost.Hosting.Invocations;

/// <summary>
/// The result of an invocation for <see cref="FunctionContextBindingFeatureExtensions.GetInvocationResult(FunctionContext)"/> and similar
/// methods, which need a feature that the package keeps internal; only a proxy can implement it.
/// </summary>
internal class InvocationBindings : DispatchProxy
{
    private Invocation? _invocation;
    private Dictionary<string, object?>? _outputs;

    /// <summary>The package's type of the feature.</summary>
    public static Type Contract { get; } =
        typeof(FunctionContext).Assembly.GetType(
            "Microsoft.Azure.Functions.Worker.Context.Features.IFunctionBindingsFeature",
            throwOnError: true
        )!; // throws otherwise

    // Copied for each invocation: to create a proxy takes microseconds.
    private static readonly InvocationBindings Prototype = (InvocationBindings)Create(Contract, typeof(InvocationBindings));

    public static object Of(Invocation invocation)
    {
        var proxy = (InvocationBindings)Prototype.MemberwiseClone();
        proxy._invocation = invocation;
        return proxy;
    }

    /// <summary>Returns the response with which middleware replaced the function's named one; <see langword="null"/> for none.</summary>
    public static HttpResponseData? ReplacedResponse(object bindings, Invocation invocation) =>
        invocation.Function.Outputs is { ResponseName: { } name } declared
        && ((InvocationBindings)bindings)._outputs?.GetValueOrDefault(name) is HttpResponseData response
        && response != declared.ResponseOf(invocation.Result)
            ? response
            : null;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var invocation = _invocation ?? throw new InvalidOperationException("The feature belongs to no invocation.");
        return targetMethod?.Name switch
        {
            "get_InvocationResult" => invocation.Result,
            "set_InvocationResult" => invocation.Result = args?[0],
            "get_OutputBindingData" => _outputs ??= OutputsOf(invocation),
            "get_InputData" or "get_TriggerMetadata" => invocation.BindingContext.BindingData,
            _ => throw new NotSupportedException($"{targetMethod?.Name} is not supported by the standalone host."),
        };
    }

    private static Dictionary<string, object?> OutputsOf(Invocation invocation)
    {
        var outputs = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (invocation.Function.Outputs is { ResponseName: { } name } declared)
        {
            outputs[name] = declared.ResponseOf(invocation.Result);
        }

        return outputs;
    }
}
