using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Quorum.Functions.OpenApi;

/// <summary>
/// Reads the XML documentation of types and members, which the compiler puts beside the assembly, as descriptions of their JSON.
/// </summary>
internal static partial class CodeDocumentation
{
    private static readonly Dictionary<Assembly, Dictionary<string, XElement>> Files = [];

    /// <summary>The summary of a type; <see langword="null"/> when it has none, or the file is not there.</summary>
    public static string? Of(Type type) => Text(Entry(type, "T:" + IdOf(type))?.Element("summary"), type);

    /// <summary>The summary of a property, or of the parameter of a record that made it.</summary>
    public static string? Of(PropertyInfo property)
    {
        var type = property.DeclaringType!; // A property has one.
        var text = Text(Entry(type, $"P:{IdOf(type)}.{property.Name}")?.Element("summary"), type);
        return text
            ?? Text(
                Entry(type, "T:" + IdOf(type))
                    ?.Elements("param")
                    .FirstOrDefault(parameter => parameter.Attribute("name")?.Value == property.Name),
                type
            );
    }

    // Only type parameters have none.
    private static string IdOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static XElement? Entry(Type type, string id)
    {
        lock (Files)
        {
            if (!Files.TryGetValue(type.Assembly, out var entries))
            {
                Files[type.Assembly] = entries = Load(Path.ChangeExtension(type.Assembly.Location, ".xml"));
            }

            return entries.GetValueOrDefault(id);
        }
    }

    private static Dictionary<string, XElement> Load(string path) =>
        File.Exists(path)
            ? XDocument
                .Load(path)
                .Descendants("member")
                .Where(member => member.Attribute("name") is not null)
                .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal) // Those without were left out.
            : new Dictionary<string, XElement>();

    /// <summary>As plain text. The numbers of our own rules are left out.</summary>
    private static string? Text(XElement? element, Type type)
    {
        if (element is null)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            text.Append(
                node switch
                {
                    XText plain => plain.Value,
                    XElement { Name.LocalName: "see" } see => see.Attribute("langword")?.Value
                        ?? NameOf(see.Attribute("cref")?.Value ?? see.Value),
                    XElement { Name.LocalName: "paramref" } parameter => JsonNamingPolicy.CamelCase.ConvertName(
                        parameter.Attribute("name")?.Value ?? ""
                    ),
                    XElement { Name.LocalName: "inheritdoc" } other when other.Attribute("cref")?.Value is { } id => Text(
                        Entry(type, id)?.Element("summary"),
                        type
                    ),
                    XElement other => other.Value,
                    _ => "",
                }
            );
        }

        var plainText = RuleNumbers().Replace(Spaces().Replace(text.ToString(), " "), "").Trim();
        return plainText.Length == 0 ? null : plainText;
    }

    /// <summary>A property as its JSON names it, anything else as the code does.</summary>
    private static string NameOf(string id)
    {
        var name = id[(id.LastIndexOf('.') + 1)..];
        return id.StartsWith("P:", StringComparison.Ordinal) ? JsonNamingPolicy.CamelCase.ConvertName(name) : name;
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();

    // (N8), (N8b), (rules N1 to N18), (rules N20 and N25)
    [GeneratedRegex(
        @" \((rules? )?N[0-9]+[a-z]?((,| and| to) N[0-9]+[a-z]?)*\)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex RuleNumbers();
}
