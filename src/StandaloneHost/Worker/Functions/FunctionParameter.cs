namespace Microsoft.Azure.Functions.Worker;

/// <summary>One parameter of a function's method.</summary>
public class FunctionParameter(string name, Type type)
{
    /// <summary>A parameter that may be left out.</summary>
    public FunctionParameter(string name, Type type, bool hasDefaultValue, object? defaultValue)
        : this(name, type)
    {
        HasDefaultValue = hasDefaultValue;
        DefaultValue = defaultValue;
    }

    /// <summary>Its name in the method.</summary>
    public string Name { get; } = name;

    /// <summary>Its type in the method.</summary>
    public Type Type { get; } = type;

    /// <summary>Whether it can be left out.</summary>
    public bool HasDefaultValue { get; }

    /// <summary>Its value when left out.</summary>
    public object? DefaultValue { get; }

    /// <summary>Whether null fits it.</summary>
    public bool IsReferenceOrNullableType { get; } = !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
}
