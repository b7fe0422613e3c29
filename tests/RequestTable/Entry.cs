namespace Quorum.RequestTable;

/// <summary>One request of the table, and the recorded answers.</summary>
/// <param name="Comments">The comment lines before it, unchanged.</param>
/// <param name="Method">The method in capitals.</param>
/// <param name="Path">The path from the root, with the query. <c>{run}</c> stands for a text that is new in each run.</param>
/// <param name="Headers">The headers without the key, which is sent unless <see cref="WithoutKey"/>.</param>
/// <param name="Body">The body; <see langword="null"/> for none.</param>
/// <param name="WithoutKey">
/// True if the request is sent without a key, or with the one among its headers. Skipped where the app does not require a key.
/// </param>
/// <param name="Until">A text in the body; the request is repeated until it appears. <see langword="null"/> takes the first answer.</param>
/// <param name="Expected">The answer of both hosts, or of the standalone host.</param>
/// <param name="Different">The answer of the Functions host where it differs; else <see langword="null"/>.</param>
/// <param name="Reason">The reason for the difference.</param>
internal sealed record Entry(
    IReadOnlyList<string> Comments,
    string Method,
    string Path,
    IReadOnlyList<(string Name, string Value)> Headers,
    string? Body,
    bool WithoutKey,
    string? Until,
    string Expected,
    string? Different,
    string? Reason
)
{
    /// <summary>
    /// Reads the table. An entry is a request line, lines <c>header:</c>, <c>body:</c>, <c>until:</c> and <c>no key</c>, an answer after
    /// <c>&gt; </c>, and optionally the different answer of the Functions host after <c>functions&gt; </c>, with its reason after
    /// <c>because </c>.
    /// </summary>
    /// <exception cref="FormatException">A line is none of these.</exception>
    public static IReadOnlyList<Entry> Parse(string table)
    {
        var entries = new List<Entry>();
        var comments = new List<string>();
        foreach (var line in table.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                comments.Add(line);
            }
            else if (line.Split(' ', 2) is [var method, ['/', ..] path] && method.All(char.IsAsciiLetterUpper))
            {
                entries.Add(new Entry([.. comments], method, path, [], null, false, null, "", null, null));
                comments.Clear();
            }
            else if (entries.Count > 0 && entries[^1].With(line) is { } longer)
            {
                entries[^1] = longer;
            }
            else
            {
                throw new FormatException($"The table has a line that is neither request nor answer: {line}");
            }
        }

        return entries;
    }

    /// <summary>Returns the lines of the entry.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var comment in Comments)
        {
            yield return comment;
        }

        yield return $"{Method} {Path}";
        if (WithoutKey)
        {
            yield return "no key";
        }

        foreach (var (name, value) in Headers)
        {
            yield return $"header: {name}: {value}";
        }

        if (Body is not null)
        {
            yield return $"body: {Body}";
        }

        if (Until is not null)
        {
            yield return $"until: {Until}";
        }

        yield return $"> {Expected}";
        if (Different is not null)
        {
            yield return $"functions> {Different}";
            yield return $"because {Reason}";
        }
    }

    private Entry? With(string line) =>
        line is "no key" ? this with { WithoutKey = true }
        : line.StartsWith("header: ", StringComparison.Ordinal) && line[8..].Split(": ", 2) is [var name, var value]
            ? this with
            {
                Headers = [.. Headers, (name, value)],
            }
        : line.StartsWith("body: ", StringComparison.Ordinal) ? this with { Body = line[6..] }
        : line.StartsWith("until: ", StringComparison.Ordinal) ? this with { Until = line[7..] }
        : line.StartsWith("> ", StringComparison.Ordinal) ? this with { Expected = line[2..] }
        : line.StartsWith("functions> ", StringComparison.Ordinal) ? this with { Different = line[11..] }
        : line.StartsWith("because ", StringComparison.Ordinal) ? this with { Reason = line[8..] }
        : null;
}
