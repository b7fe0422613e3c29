namespace Microsoft.Azure.Functions.Worker;

/// <summary>One invocation of one function, from its trigger to its result.</summary>
public abstract class FunctionContext
{
    /// <summary>Identifies this invocation in logs; never used twice.</summary>
    public abstract string InvocationId { get; }

    /// <summary>Identifies the function; the same in every process that runs the app.</summary>
    public abstract string FunctionId { get; }

    /// <summary>The distributed trace that this invocation belongs to.</summary>
    public abstract TraceContext TraceContext { get; }

    /// <summary>What the trigger brought beside its main value.</summary>
    public abstract BindingContext BindingContext { get; }

    /// <summary>Which attempt of the trigger this is.</summary>
    public abstract RetryContext RetryContext { get; }

    /// <summary>Services for this invocation; scoped ones live until it ends.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    /// <summary>How the function is declared.</summary>
    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>A place for middleware and function to leave things for each other.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    /// <summary>Features of this invocation by type.</summary>
    public abstract IInvocationFeatures Features { get; }

    /// <summary>Cancelled when the HTTP client leaves, the function's time is up, or the process stops and will not wait longer.</summary>
    public virtual CancellationToken CancellationToken { get; } = CancellationToken.None;
}
