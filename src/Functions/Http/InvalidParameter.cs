namespace Quorum.Functions.Http;

/// <summary>One thing wrong with a request: which parameter, which value, which rule.</summary>
/// <param name="Parameter">Its name in the route or the query; <c>body</c> for the body.</param>
/// <param name="Value">As it came, shortened; <see langword="null"/> when the parameter itself should not be there.</param>
/// <param name="Rule">What a valid value is, as a sentence.</param>
public sealed record InvalidParameter(string Parameter, string? Value, string Rule)
{
    private const int LongestEcho = 64;

    /// <summary>As it came, but not without bound.</summary>
    public string? Value { get; init; } = Value is { Length: > LongestEcho } ? string.Concat(Value.AsSpan(0, LongestEcho), "…") : Value;

    public override string ToString() => Value is null ? $"{Parameter}: {Rule}" : $"{Parameter} '{Value}': {Rule}";
}
