namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the trigger brought beside its main value.</summary>
public abstract class BindingContext
{
    /// <summary>By name, whatever its case: for an HTTP trigger the route values and, where no route value has the name,
    /// the query's values, all as strings; for an activity <c>instanceId</c>; else empty.</summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}
