namespace Microsoft.Azure.Functions.Worker;

/// <summary>Makes a public method of a public class a function under <see cref="Name"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public class FunctionAttribute(string name) : Attribute
{
    /// <summary>The function's name: a letter, then letters, digits, <c>_</c> or <c>-</c>; unique in the app whatever its case.</summary>
    public string Name { get; } = name;
}
