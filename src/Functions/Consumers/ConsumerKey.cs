using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Quorum.Functions.Consumers;

/// <summary>The text of a consumer's key.</summary>
internal static class ConsumerKey
{
    /// <summary>The header that carries it.</summary>
    public const string Header = "x-quorum-key";

    /// <summary>The beginning of every key, by which scanners for secrets find it.</summary>
    public const string Prefix = "qk_";

    private const int LongestKey = 256,
        SecretBytes = 32;

    /// <summary>A new key with 256 random bits.</summary>
    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>SHA-256 in lower-case hexadecimal. A slow hash would add nothing: the key is random.</summary>
    public static string HashOf(string key) =>
        key.Length <= LongestKey ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))) : "";
}
