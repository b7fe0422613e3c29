using System.Text;

namespace Quorum.Infra.Tests.Bicep;

/// <summary>Bicep's text, taken apart just so far that names can be told from words: comments are gone, and of a string only what it interpolates is left.</summary>
internal static class BicepText
{
    /// <summary>Without comments; strings stay.</summary>
    public static string WithoutComments(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\'')
            {
                var end = EndOfString(text, i);
                result.Append(text, i, end - i);
                i = end - 1;
            }
            else if (text[i] == '/' && i + 1 < text.Length && text[i + 1] == '/')
            {
                while (i + 1 < text.Length && text[i + 1] != '\n')
                {
                    i++;
                }
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    /// <summary>The code of an expression: strings are replaced by the expressions within them.</summary>
    public static string CodeOf(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\'')
            {
                result.Append(text[i]);
                continue;
            }

            var end = EndOfString(text, i);
            foreach (var inner in Interpolations(text[(i + 1)..(end - 1)]))
            {
                result.Append(" (").Append(CodeOf(inner)).Append(") ");
            }

            result.Append(" \"\" ");
            i = end - 1;
        }

        return result.ToString();
    }

    /// <summary>Where the bracket at <paramref name="start"/> is closed, plus one.</summary>
    public static int EndOfBracket(string text, int start)
    {
        var depth = 0;
        for (var i = start; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\'':
                    i = EndOfString(text, i) - 1;
                    break;
                case '{' or '[' or '(':
                    depth++;
                    break;
                case '}' or ']' or ')':
                    if (--depth == 0)
                    {
                        return i + 1;
                    }

                    break;
            }
        }

        throw new FormatException($"The bracket at {start} is never closed: {text[start..Math.Min(text.Length, start + 80)]}");
    }

    /// <summary>Where the value that begins at <paramref name="start"/> ends: at the end of a line that leaves no bracket open.</summary>
    public static int EndOfValue(string text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\n' or ',':
                    return i;
                case '\'':
                    i = EndOfString(text, i) - 1;
                    break;
                case '{' or '[' or '(':
                    i = EndOfBracket(text, i) - 1;
                    break;
                case '}' or ']' or ')':
                    return i;
            }
        }

        return text.Length;
    }

    private static int EndOfString(string text, int start)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '$' && i + 1 < text.Length && text[i + 1] == '{')
            {
                i = EndOfBracket(text, i + 1) - 1;
            }
            else if (text[i] == '\'')
            {
                return i + 1;
            }
        }

        throw new FormatException($"The string at {start} never ends.");
    }

    private static IEnumerable<string> Interpolations(string content)
    {
        for (var i = 0; i + 1 < content.Length; i++)
        {
            if (content[i] == '\\')
            {
                i++;
            }
            else if (content[i] == '$' && content[i + 1] == '{')
            {
                var end = EndOfBracket(content, i + 1);
                yield return content[(i + 2)..(end - 1)];
                i = end - 1;
            }
        }
    }
}
