using System.Text.RegularExpressions;

namespace Quorum.Infra.Tests.Bicep;

/// <summary>One Bicep file: what it declares, by name. A reader for our own files, not a compiler: what it does not understand it refuses.</summary>
internal sealed partial class BicepFile
{
    private BicepFile(string path, IReadOnlyList<Declaration> declarations)
    {
        Path = path;
        Declarations = declarations;
    }

    public string Path { get; }

    public IReadOnlyList<Declaration> Declarations { get; }

    public IEnumerable<Declaration> Parameters => Of("param");
    public IEnumerable<Declaration> Resources => Of("resource");
    public IEnumerable<Declaration> Modules => Of("module");
    public IEnumerable<Declaration> Outputs => Of("output");

    /// <exception cref="FormatException">Something stands there that is no declaration.</exception>
    public static BicepFile Read(string path)
    {
        var text = BicepText.WithoutComments(File.ReadAllText(path));
        var declarations = new List<Declaration>();
        var at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            if (at == text.Length)
            {
                return new BicepFile(path, declarations);
            }

            // A decorator belongs to the next declaration; only that it is closed matters here.
            var end = BicepText.EndOfValue(text, at);
            if (text[at] != '@')
            {
                declarations.Add(Parse(path, text[at..end].Trim()));
            }

            at = end + 1;
        }
    }

    /// <summary>The keys directly inside an object, with their values as written.</summary>
    public static Dictionary<string, string> Members(string value)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        var body = value.Trim();
        if (body is not ['{', ..])
        {
            return members;
        }

        var inside = body[1..(BicepText.EndOfBracket(body, 0) - 1)];
        for (var at = 0; at < inside.Length;)
        {
            var end = BicepText.EndOfValue(inside, at);
            var line = inside[at..end].Trim();
            if (MemberPattern().Match(line) is { Success: true } member)
            {
                members.Add(member.Groups["name"].Value.Trim('\''), line[member.Length..].Trim());
            }
            else if (line.Length > 0)
            {
                throw new FormatException($"No member of an object: {line}");
            }

            at = end + 1;
        }

        return members;
    }

    private IEnumerable<Declaration> Of(string kind) => Declarations.Where(declaration => declaration.Kind == kind);

    private static Declaration Parse(string path, string text)
    {
        if (WholeFilePattern().Match(text) is { Success: true } whole)
        {
            return new Declaration(whole.Groups["kind"].Value, "", whole.Groups["type"].Value, null);
        }

        var match = DeclarationPattern().Match(text);
        if (!match.Success)
        {
            throw new FormatException($"{path}: no declaration: {text[..Math.Min(80, text.Length)]}");
        }

        return new Declaration(
            match.Groups["kind"].Value,
            match.Groups["name"].Value,
            match.Groups["type"].Value.Trim('\''),
            match.Groups["value"].Success ? match.Groups["value"].Value.Trim() : null);
    }

    [GeneratedRegex(@"^(?<kind>targetScope|using)\s*=?\s*'(?<type>[^']*)'$")]
    private static partial Regex WholeFilePattern();

    [GeneratedRegex(@"^(?<kind>param|var|resource|module|output)\s+(?<name>\w+)(?:\s+(?<type>'[^']*'|\w+))?(?:\s*=\s*(?<value>.*))?$", RegexOptions.Singleline)]
    private static partial Regex DeclarationPattern();

    [GeneratedRegex(@"^(?<name>'[^']*'|\w+)\s*:")]
    private static partial Regex MemberPattern();
}

/// <param name="Kind"><c>param</c>, <c>var</c>, <c>resource</c>, <c>module</c>, <c>output</c>, or without a name <c>targetScope</c> and <c>using</c>.</param>
/// <param name="Type">Of a resource its type and API version, of a module its path, of others the data type; empty when there is none.</param>
/// <param name="Value">As written, without comments; <see langword="null"/> when there is none (a parameter that must be given).</param>
internal sealed record Declaration(string Kind, string Name, string Type, string? Value)
{
    /// <summary>The object itself: behind a condition or inside a loop too.</summary>
    public string Body
    {
        get
        {
            var value = Value ?? "";
            if (value is ['[', ..])
            {
                value = value[(value.IndexOf(':', StringComparison.Ordinal) + 1)..^1].Trim();
            }

            return value.StartsWith("if", StringComparison.Ordinal) ? value[BicepText.EndOfBracket(value, 2)..].Trim() : value;
        }
    }

    public Dictionary<string, string> Members => BicepFile.Members(Body);

    /// <summary>A member of members: <c>properties.network.publicNetworkAccess</c>; <see langword="null"/> when it is not there.</summary>
    public string? Find(string path)
    {
        var value = Body;
        foreach (var name in path.Split('.'))
        {
            if (!BicepFile.Members(value).TryGetValue(name, out value!))
            {
                return null;
            }
        }

        return value;
    }
}
