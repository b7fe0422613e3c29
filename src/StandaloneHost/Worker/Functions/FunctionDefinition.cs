using System.Collections.Immutable;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>How a function is declared.</summary>
public abstract class FunctionDefinition
{
    /// <summary>The parameters of its method, in order.</summary>
    public abstract ImmutableArray<FunctionParameter> Parameters { get; }

    /// <summary>The file of the assembly that declares it.</summary>
    public abstract string PathToAssembly { get; }

    /// <summary>Its method: full type name, a dot, the method's name.</summary>
    public abstract string EntryPoint { get; }

    /// <summary>Identifies it; the same in every process that runs the app.</summary>
    public abstract string Id { get; }

    /// <summary>Its name, as <see cref="FunctionAttribute"/> gives it.</summary>
    public abstract string Name { get; }

    /// <summary>Its trigger and other inputs by parameter name.</summary>
    public abstract IImmutableDictionary<string, BindingMetadata> InputBindings { get; }

    /// <summary>Its outputs by name: properties of the object that it returns, or <c>$return</c>, the method's result itself.</summary>
    public abstract IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }
}
