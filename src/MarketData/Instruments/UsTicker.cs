using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Quorum.MarketData;

/// <summary>
/// A US ticker with its suffix, which every vendor writes in its own way: classes (<c>BRK.B</c>), preferreds (<c>BAC.PRL</c>), warrants
/// (<c>ABC.WS</c>, <c>ABC.WS.A</c>), units (<c>ABC.U</c>), rights (<c>ABC.RT</c>) and when-issued shares (<c>ABC.WI</c>).
/// </summary>
internal static partial class UsTicker
{
    /// <summary>Never reached: a ticker is short before the pattern is tried.</summary>
    private const int MatchTimeoutMs = 1000;

    /// <summary>Reads a vendor's spelling and gives the canonical one.</summary>
    /// <param name="ticker">Upper case.</param>
    /// <param name="canonical">With points: <c>BAC.PRL</c> for <c>BAC-PL</c>, <c>BAC-P-L</c>, <c>BAC/PL</c> and <c>BAC.PR.L</c>.</param>
    public static bool TryRead(string ticker, [NotNullWhen(true)] out string? canonical)
    {
        canonical = null;
        if (Form().Match(ticker) is not { Success: true } match)
        {
            return false;
        }

        var (root, series) = (match.Groups["root"].Value, match.Groups["series"].Value);
        canonical = true switch
        {
            _ when match.Groups["preferred"].Success => $"{root}.PR{series}",
            _ when match.Groups["warrant"].Success => series.Length > 0 ? $"{root}.WS.{series}" : root + ".WS",
            _ when match.Groups["unit"].Success => root + ".U",
            _ when match.Groups["other"] is { Success: true } other => $"{root}.{other.Value}",
            _ => root,
        };
        return true;
    }

    /// <summary>True if a canonical ticker is a preferred's.</summary>
    public static bool IsPreferred(string canonical) => canonical.Contains(".PR", StringComparison.Ordinal);

    /// <summary>The canonical ticker as a provider writes it.</summary>
    public static string Spell(ProviderId provider, string canonical)
    {
        var point = canonical.IndexOf('.', StringComparison.Ordinal);
        if (point < 0)
        {
            return canonical;
        }

        var (root, suffix) = (canonical[..point], canonical[(point + 1)..]);
        var isPreferred = IsPreferred(canonical);
        return true switch
        {
            _ when provider == ProviderId.Massive && isPreferred => $"{root}p{suffix[2..]}", // https://massive.com/knowledge-base
            _ when provider == ProviderId.AlphaVantage && isPreferred => $"{root}-P-{suffix[2..]}",
            _ when provider == ProviderId.Eodhd && isPreferred => $"{root}-P{suffix[2..]}",
            _ when provider == ProviderId.Eodhd && suffix == "U" => root + "-UN",
            _ when provider == ProviderId.Eodhd && suffix.StartsWith("WS", StringComparison.Ordinal) =>
                $"{root}-WT{suffix[2..].Replace(".", "", StringComparison.Ordinal)}",
            _ when provider == ProviderId.AlphaVantage || provider == ProviderId.Eodhd => canonical.Replace('.', '-'),
            _ => canonical,
        };
    }

    // A point and "P" would be another vendor's country (".PA" is Paris), so after a point only "PR" is a preferred.
    [GeneratedRegex(
        """
            ^(?<root>[A-Z][A-Z0-9]*)
            (?: (?<preferred> [./-]PR[./-]?(?<series>[A-Z]) | [/-]P[./-]?(?<series>[A-Z]) )
              | (?<warrant> [./-]W[ST][./-]?(?<series>[A-Z])? )
              | (?<unit> [/-]UN )
              | [./-](?<other> [A-Z] | RT | WI | WD )
            )?\z
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant,
        MatchTimeoutMs
    )]
    private static partial Regex Form();
}
