namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the trigger brought beside its main value.</summary>
public abstract class BindingContext
{
    /// <summary>By name, whatever its case: for an HTTP trigger the route values and, where no route value has the name,
    /// the query's values; for a queue trigger <c>QueueTrigger</c> (the text), <c>Id</c>, <c>PopReceipt</c>, <c>DequeueCount</c>, and, as JSON
    /// strings, <c>InsertionTime</c>, <c>ExpirationTime</c>, <c>NextVisibleTime</c>; for an activity <c>instanceId</c>; else empty.
    /// All values are strings, as from the package.</summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}
