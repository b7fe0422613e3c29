namespace Microsoft.Azure.Functions.Worker;

/// <summary>One binding of a function.</summary>
public abstract class BindingMetadata
{
    /// <summary>The parameter's name, the output property's, or <c>$return</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The binding's kind: <c>httpTrigger</c>, <c>http</c>, <c>queueTrigger</c>, <c>queue</c>, <c>timerTrigger</c>,
    /// <c>orchestrationTrigger</c>, <c>activityTrigger</c>, <c>durableClient</c>.</summary>
    public abstract string Type { get; }

    /// <summary>Whether it brings something in or takes something out.</summary>
    public abstract BindingDirection Direction { get; }
}

/// <summary>Which way a binding goes.</summary>
public enum BindingDirection
{
    /// <summary>Into the function.</summary>
    In,

    /// <summary>Out of the function.</summary>
    Out,
}
