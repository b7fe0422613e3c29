using System.Globalization;
using System.Text.RegularExpressions;

namespace Quorum.Functions.Tests.Documentation;

/// <summary>The tables of settings in the pages of <c>docs/</c>: | setting | unit | default | range | meaning |.</summary>
internal static partial class SettingsTable
{
    private const string FunctionTimeout = "functionTimeout";

    /// <summary>Every setting; the keys of host.json are none.</summary>
    public static IEnumerable<Setting> Read(string page)
    {
        var section = "";
        foreach (var line in page.Split('\n'))
        {
            if (SectionLine().Match(line) is { Success: true } named)
            {
                section =
                    named.Groups["name"].Value.Replace("__...", "", StringComparison.Ordinal).Replace("__", ":", StringComparison.Ordinal)
                    + ":";
            }
            else if (line.StartsWith('#'))
            {
                section = "";
            }
            else if (line.StartsWith("| `", StringComparison.Ordinal))
            {
                if (line.Split('|', StringSplitOptions.TrimEntries) is not [_, var names, _, var usual, var range, _, _])
                {
                    if (section.Length > 0)
                    {
                        throw new FormatException($"No row of settings: {line}");
                    }

                    continue; // another table
                }

                foreach (
                    var name in names
                        .Split(", ")
                        .Select(name => name.Trim('`').TrimStart('-'))
                        .Where(name => name != FunctionTimeout && !name.Contains('.', StringComparison.Ordinal))
                )
                {
                    yield return new Setting(section, name.Replace("__", ":", StringComparison.Ordinal), usual, range);
                }
            }
        }
    }

    /// <summary>An amount in the page's spelling: a number, or a number and a unit of time.</summary>
    /// <returns><see langword="null"/> for anything else.</returns>
    public static object? Amount(string text, string? unit = null)
    {
        if (AmountText().Match(text) is not { Success: true } amount)
        {
            return null;
        }

        var number = double.Parse(amount.Groups["number"].Value, CultureInfo.InvariantCulture);
        return (amount.Groups["unit"].Value is { Length: > 0 } own ? own : unit) switch
        {
            null => number,
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "min" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => TimeSpan.FromDays(number),
        };
    }

    [GeneratedRegex("^(### .*: )?`(?<name>Quorum:[A-Za-z]+|TaskHub|Providers__<Id>__\\.\\.\\.)`")]
    private static partial Regex SectionLine();

    [GeneratedRegex(@"^(?<number>-?\d+(\.\d+)?)( (?<unit>ms|s|min|h|day|days))?$")]
    private static partial Regex AmountText();

    /// <param name="Section">With the colon behind it; empty for settings at the root.</param>
    /// <param name="Name">Below the section.</param>
    /// <param name="Default">As the page says it.</param>
    /// <param name="Range">As the page says it.</param>
    internal sealed record Setting(string Section, string Name, string Default, string Range)
    {
        public string Key => (Section + Name).Replace("<Id>", "Finnhub", StringComparison.Ordinal);

        /// <summary>The least and the most; <see langword="null"/> when the range is none of amounts.</summary>
        public (object Min, object Max)? Bounds
        {
            get
            {
                var ends = Range.Split('–');
                return ends.Length == 2 && Amount(ends[1]) is { } max && Amount(ends[0], UnitOf(ends[1])) is { } min ? (min, max) : null;
            }
        }

        public override string ToString() => Key;

        private static string? UnitOf(string text) => AmountText().Match(text).Groups["unit"].Value is { Length: > 0 } unit ? unit : null;
    }
}
