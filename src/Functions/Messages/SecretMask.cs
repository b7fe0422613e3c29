using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Quorum.Functions.Messages;

/// <summary>
/// Masks what is, or may be, a key in text from outside: our own secrets anywhere, and values after a name that suggests one.
/// </summary>
public sealed partial class SecretMask
{
    private const string Mask = "***";

    /// <summary>A shorter text is too common to be looked for.</summary>
    private const int ShortestSecret = 6;

    private readonly string[] _secrets;

    public SecretMask(IConfiguration configuration) =>
        _secrets = [
            .. configuration
                .AsEnumerable()
                .SelectMany(setting =>
                    setting.Value is not { } value ? []
                    : SecretName().IsMatch(setting.Key) ? [value]
                    : InConnectionString(value)
                )
                .Where(secret => secret.Length >= ShortestSecret)
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(secret => secret.Length),
        ]; // The longer one may hold the shorter.

    public string Apply(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        }

        return NamedSecret().Replace(text, $"${{name}}{Mask}");
    }

    private static IEnumerable<string> InConnectionString(string value) =>
        SecretPart().Matches(value).Select(part => part.Groups["secret"].Value.Trim());

    // Host=…;Password=…;  AccountName=…;AccountKey=…;
    [GeneratedRegex(
        "(^|;)\\s*(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)\\s*=(?<secret>[^;]+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex SecretPart();

    [GeneratedRegex(
        "(ApiKey|ApiSecret|Functions:Keys:.+)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex SecretName();

    // "apiKey": "…", token=…, Authorization: Bearer …
    [GeneratedRegex(
        """(?<name>(key|secret|token|passw(or)?d|pwd|authorization|signature|\bsig)["']?\s*[:=]\s*["']?((bearer|basic)\s+)?)[^\s"',;&}\]]+""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex NamedSecret();
}
