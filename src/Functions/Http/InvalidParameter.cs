using System.Text.Json.Serialization;

namespace Quorum.Functions.Http;

/// <summary>One thing wrong with a request: which parameter, which value, which rule.</summary>
/// <param name="Parameter">Its name in the route or the query; <c>body</c> for the body.</param>
/// <param name="Value">As it came, shortened; <see langword="null"/> when the parameter itself should not be there.</param>
/// <param name="Rule">The rule that the value breaks: <c>must be …</c>, or a sentence.</param>
public sealed record InvalidParameter(string Parameter, string? Value, string Rule)
{
    private const int MaxEchoLength = 64;

    /// <summary>The parameter's name as it was sent, shortened.</summary>
    [JsonPropertyOrder(-1)]
    public string Parameter { get; init; } =
        Parameter.Length > MaxEchoLength ? string.Concat(Parameter.AsSpan(0, MaxEchoLength), "…") : Parameter;

    /// <summary>As it came, but not without bound.</summary>
    public string? Value { get; init; } = Value is { Length: > MaxEchoLength } ? string.Concat(Value.AsSpan(0, MaxEchoLength), "…") : Value;

    /// <summary>For people: <c>budget must be a whole number of milliseconds from 50 to 10000; got '10'.</c></summary>
    public override string ToString() =>
        (Rule.EndsWith('.'), Value) switch
        {
            (true, null) => $"{Parameter}: {Rule}",
            (true, _) => $"{Parameter} '{Value}': {Rule}",
            (false, null) => $"{Parameter} {Rule}.",
            (false, _) => $"{Parameter} {Rule}; got '{Value}'.",
        };
}
