using System.Collections.ObjectModel;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The distributed trace of one invocation, as W3C Trace Context writes it (https://www.w3.org/TR/trace-context/).</summary>
public abstract class TraceContext
{
    /// <summary>The <c>traceparent</c> value of the invocation: its own span where it has one, else that of its caller.</summary>
    public abstract string TraceParent { get; }

    /// <summary>The <c>tracestate</c> value; empty when there is none.</summary>
    public abstract string TraceState { get; }

    /// <summary>Further attributes of the trace; empty.</summary>
    public virtual IReadOnlyDictionary<string, string> Attributes => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Baggage that came with the trace.</summary>
    public virtual IReadOnlyDictionary<string, string> Baggage => ReadOnlyDictionary<string, string>.Empty;
}
