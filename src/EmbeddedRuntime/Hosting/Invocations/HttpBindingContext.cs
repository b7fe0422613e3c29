using Microsoft.Azure.Functions.Worker;
using Quorum.EmbeddedRuntime.Hosting.Http;

namespace Quorum.EmbeddedRuntime.Hosting.Invocations;

/// <summary>Route values, and the query's values where no route value has the name.</summary>
internal sealed class HttpBindingContext(IReadOnlyDictionary<string, object?> data) : BindingContext
{
    public HttpBindingContext(IncomingRequest request)
        : this(Collect(request))
    {
    }

    public static HttpBindingContext Empty { get; } = new(new Dictionary<string, object?>());

    public override IReadOnlyDictionary<string, object?> BindingData { get; } = data;

    private static Dictionary<string, object?> Collect(IncomingRequest request)
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in request.RouteValues)
        {
            data[name] = value;
        }

        foreach (var name in request.Query.AllKeys)
        {
            if (name is not null)
            {
                data.TryAdd(name, request.Query[name]);
            }
        }

        return data;
    }
}
