using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Quorum.Functions.Http;

/// <summary>The HTTP functions of this app by the key that they require.</summary>
internal static class HttpFunctions
{
    /// <summary>Returns the names of the functions of a level.</summary>
    public static FrozenSet<string> OfLevel(AuthorizationLevel level) =>
        typeof(HttpFunctions)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method =>
                method
                    .GetParameters()
                    .Any(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>() is { } trigger && trigger.AuthLevel == level)
            )
            .Select(method => method.GetCustomAttribute<FunctionAttribute>()?.Name)
            .OfType<string>()
            .ToFrozenSet(StringComparer.Ordinal);
}
