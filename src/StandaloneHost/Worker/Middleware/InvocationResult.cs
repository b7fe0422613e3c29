namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the function returned, for middleware to read or replace after it ran.</summary>
public abstract class InvocationResult
{
    /// <summary>The result; null before the function ran or when it returned nothing.</summary>
    public abstract object? Value { get; set; }
}

/// <summary>What the function returned, typed.</summary>
/// <typeparam name="T">The result's type.</typeparam>
public abstract class InvocationResult<T>
{
    /// <summary>The result.</summary>
    public abstract T? Value { get; set; }
}
