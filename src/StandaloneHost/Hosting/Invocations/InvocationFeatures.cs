using System.Collections;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace Quorum.StandaloneHost.Hosting.Invocations;

/// <summary>The features of one invocation; those of the host are created on demand.</summary>
internal sealed class InvocationFeatures(Invocation invocation) : IInvocationFeatures
{
    private readonly Dictionary<Type, object> _features = [];

    public void Set<T>(T instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        _features[typeof(T)] = instance;
    }

    /// <summary>The response with which middleware replaced the function's named one; <see langword="null"/> for none.</summary>
    public HttpResponseData? ReplacedResponse =>
        _features.TryGetValue(InvocationBindings.Contract, out var bindings)
            ? InvocationBindings.ReplacedResponse(bindings, invocation)
            : null;

    public T? Get<T>()
    {
        if (!_features.TryGetValue(typeof(T), out var feature) && Create(typeof(T)) is { } created)
        {
            _features[typeof(T)] = feature = created;
        }

        return feature is null ? default : (T)feature;
    }

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private object? Create(Type type) =>
        type == InvocationBindings.Contract ? InvocationBindings.Of(invocation)
        : type == typeof(IHttpRequestDataFeature) ? RequestFeature.Instance
        : null;

    private sealed class RequestFeature : IHttpRequestDataFeature
    {
        public static RequestFeature Instance { get; } = new();

        public ValueTask<HttpRequestData?> GetHttpRequestDataAsync(FunctionContext context)
        {
            var invocation = Invocation.Of(context);
            return ValueTask.FromResult(invocation.Request?.DataFor(invocation));
        }
    }
}
