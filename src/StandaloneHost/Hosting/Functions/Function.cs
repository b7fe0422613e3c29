using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Quorum.StandaloneHost.Hosting.Invocations;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>One function of the app, ready to be invoked once <see cref="Attach"/> gave it the running app.</summary>
internal sealed class Function : FunctionDefinition
{
    public const string Result = "$return";

    private FunctionRuntime? _runtime;

    public Function(
        string name,
        MethodInfo method,
        Trigger trigger,
        IReadOnlyList<BoundParameter> parameters,
        FunctionOutputs? outputs,
        FunctionBody body
    )
    {
        Name = name;
        Trigger = trigger;
        Outputs = outputs;
        Body = body;
        DeclaringType = method.DeclaringType ?? throw new ArgumentException($"'{method}' belongs to no type.", nameof(method));
        IsStatic = method.IsStatic;
        PathToAssembly = DeclaringType.Assembly.Location;
        EntryPoint = $"{DeclaringType.FullName}.{method.Name}";
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{EntryPoint}")).AsSpan(0, 8));
        Parameters = [.. parameters.Select(parameter => parameter.Declaration)];
        InputBindings = parameters
            .Where(parameter => parameter.BindingType is not null)
            .ToImmutableDictionary(
                parameter => parameter.Declaration.Name,
                // Filtered above.
                parameter => (BindingMetadata)new Binding(parameter.Declaration.Name, parameter.BindingType!, BindingDirection.In),
                StringComparer.Ordinal
            );
        OutputBindings = DescribeOutputs().ToImmutableDictionary(output => output.Name, StringComparer.Ordinal);
    }

    public override string Name { get; }

    public override string Id { get; }

    public override string PathToAssembly { get; }

    public override string EntryPoint { get; }

    public override ImmutableArray<FunctionParameter> Parameters { get; }

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; }

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }

    public Trigger Trigger { get; }

    /// <summary>
    /// The outputs of the result; null when the result is the HTTP response, goes back to an orchestration, or is ignored.
    /// </summary>
    public FunctionOutputs? Outputs { get; }

    public Type DeclaringType { get; }

    public bool IsStatic { get; }

    /// <summary>True if the function needs the task hub.</summary>
    public bool IsDurable =>
        Trigger is OrchestrationTrigger or ActivityTrigger
        || InputBindings.Values.Any(binding => binding.Type == BoundParameter.DurableClient);

    /// <summary>The compiled method, with its parameters bound from the invocation and its result as a task.</summary>
    public FunctionBody Body { get; }

    public FunctionRuntime Runtime =>
        _runtime ?? throw new InvalidOperationException($"Function '{Name}' is declared, but its app is not built yet.");

    public void Attach(FunctionRuntime runtime) => _runtime = runtime;

    private IEnumerable<BindingMetadata> DescribeOutputs()
    {
        if (Trigger is HttpTrigger && (Outputs is null || Outputs.ResponseName is not null))
        {
            yield return new Binding(Outputs?.ResponseName ?? Result, "http", BindingDirection.Out);
        }

        foreach (var output in Outputs?.Queues ?? [])
        {
            yield return new Binding(output.Name, "queue", BindingDirection.Out);
        }
    }

    private sealed class Binding(string name, string type, BindingDirection direction) : BindingMetadata
    {
        public override string Name { get; } = name;

        public override string Type { get; } = type;

        public override BindingDirection Direction { get; } = direction;
    }
}

/// <summary>Runs a function's method for an invocation.</summary>
internal delegate Task<object?> FunctionBody(Invocation invocation);

/// <summary>A parameter of a function's method, and its binding.</summary>
/// <param name="BindingType">
/// The type as in function metadata (<c>httpTrigger</c>, ...); <see langword="null"/> for a parameter without an attribute.
/// </param>
internal sealed record BoundParameter(FunctionParameter Declaration, string? BindingType)
{
    public const string DurableClient = "durableClient";
}
