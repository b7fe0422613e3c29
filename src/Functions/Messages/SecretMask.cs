using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Quorum.Functions.Messages;

/// <summary>
/// Masks what is, or may be, a key in text from outside: our own secrets and consumers' keys anywhere, also encoded up to three times, and
/// values after a name that suggests one.
/// </summary>
public sealed partial class SecretMask
{
    private const string Mask = "***";

    /// <summary>A shorter text is too common to be looked for.</summary>
    private const int ShortestSecret = 6;

    /// <summary>Base64 of Base64 of a URL-encoded key, for example.</summary>
    private const int Encodings = 3;

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
                .SelectMany(Forms)
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(secret => secret.Length),
        ]; // The longer one may hold the shorter.

    public string Apply(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Mask, StringComparison.OrdinalIgnoreCase);
        }

        text = ConsumersKey().Replace(text, Mask);
        text = Token().Replace(text, token => HoldsEncoded(token.Value, Encodings) ? Mask : token.Value);
        return NamedSecret().Replace(text, $"${{name}}{Mask}");
    }

    private bool HoldsEncoded(string text, int encodings)
    {
        foreach (var decoded in EncodedText.Decode(text))
        {
            if (
                Array.Exists(_secrets, secret => decoded.Contains(secret, StringComparison.OrdinalIgnoreCase))
                || ConsumersKey().IsMatch(decoded)
                || (encodings > 1 && HoldsEncoded(decoded, encodings - 1))
            )
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The forms of a secret that no decoding of a part of the text undoes.</summary>
    private static IEnumerable<string> Forms(string secret) =>
        [
            secret,
            JsonEncodedText.Encode(secret).Value,
            Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(secret)), // as decoded bytes are read
            string.Join('\0', secret.AsEnumerable()), // UTF-16 read as bytes
        ];

    private static IEnumerable<string> InConnectionString(string value) =>
        SecretPart().Matches(value).Select(part => part.Groups["secret"].Value.Trim());

    // As the bytes of UTF-16 too.
    [GeneratedRegex(
        "q\\0?k\\0?_\\0?([A-Za-z0-9_-]\\0?){43}",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex ConsumersKey();

    // Whatever stands between the marks of JSON, addresses and sentences.
    [GeneratedRegex("""[^\s"'&;,{}\[\]<>]{8,}""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();

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
