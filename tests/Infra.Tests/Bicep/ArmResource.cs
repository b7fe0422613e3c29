using System.Text.Json.Nodes;

namespace Quorum.Infra.Tests.Bicep;

/// <summary>A resource of a compiled template.</summary>
/// <param name="Template">The template that declares it.</param>
internal sealed record ArmResource(JsonObject Json, JsonObject Template)
{
    public string Type => (string)Json["type"]!; // Every resource has a type.

    /// <summary>The text of a value or expression at a path such as <c>properties.network.publicNetworkAccess</c>;
    /// <see langword="null"/> if there is none.</summary>
    public string? this[string path] =>
        path.Split('.').Aggregate<string, JsonNode?>(Json, (node, name) => (node as JsonObject)?[name])?.ToString();

    /// <summary>A variable of the template that declares the resource.</summary>
    public JsonNode Variable(string name) =>
        Template["variables"]?[name] ?? throw new ArgumentException($"The template has no variable {name}.", nameof(name));
}
