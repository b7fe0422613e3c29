namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>A value in the request's path is not of the type that the function asks for: the caller's fault.</summary>
internal sealed class RouteValueException(string parameter, Type type)
    : Exception($"The path's '{parameter}' is not a valid {(Nullable.GetUnderlyingType(type) ?? type).Name}.")
{
    public string Parameter { get; } = parameter;
}
