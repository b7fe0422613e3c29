using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts the function for an HTTP request; stands on its <see cref="Http.HttpRequestData"/> parameter.</summary>
public sealed class HttpTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>Every method, with a function key.</summary>
    public HttpTriggerAttribute()
    {
        AuthLevel = AuthorizationLevel.Function;
    }

    /// <summary>These methods, for anyone.</summary>
    public HttpTriggerAttribute(params string[] methods)
    {
        Methods = methods;
    }

    /// <summary>Every method, at this level.</summary>
    public HttpTriggerAttribute(AuthorizationLevel authLevel)
    {
        AuthLevel = authLevel;
    }

    /// <summary>These methods, at this level.</summary>
    public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods)
    {
        AuthLevel = authLevel;
        Methods = methods;
    }

    /// <summary>The route below the prefix, in ASP.NET's template language; null: the function's name.</summary>
    public string? Route { get; set; }

    /// <summary>The methods that it answers; null or empty: all.</summary>
    public string[]? Methods { get; }

    /// <summary>The key that a caller must bring.</summary>
    public AuthorizationLevel AuthLevel { get; }
}
