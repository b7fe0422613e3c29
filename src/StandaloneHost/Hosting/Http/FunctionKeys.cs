using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>The keys that callers must bring. Only their hashes are kept, and every comparison takes the same time.</summary>
internal sealed class FunctionKeys
{
    public const string Section = "Functions:Keys";
    private const string Header = "x-functions-key";
    private const string Parameter = "code";
    private const int LongestKey = 1024;

    private readonly byte[][] _master;
    private readonly byte[][] _function;
    private readonly byte[][] _system;

    private FunctionKeys(bool enabled, byte[][] master, byte[][] function, byte[][] system)
    {
        Enabled = enabled;
        _master = master;
        _function = function;
        _system = system;
    }

    /// <summary>Off: every call is let through, as under Core Tools.</summary>
    public bool Enabled { get; }

    /// <summary>True if there is any key that opens a function.</summary>
    public bool Any => _master.Length + _function.Length > 0;

    /// <summary>Reads <c>Functions:Keys:Master</c>, <c>Functions:Keys:Function:NAME</c> and <c>Functions:Keys:System:NAME</c>.</summary>
    public static FunctionKeys Read(IConfiguration configuration, bool enabled)
    {
        var keys = configuration.GetSection(Section);
        return new FunctionKeys(
            enabled,
            Hashes([keys.GetSection("Master")]),
            Hashes(keys.GetSection("Function").GetChildren()),
            Hashes(keys.GetSection("System").GetChildren())
        );

        static byte[][] Hashes(IEnumerable<IConfigurationSection> settings) =>
            [
                .. settings
                    .Select(setting => setting.Value)
                    .OfType<string>()
                    .Where(key => key.Length > 0)
                    .Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key))),
            ];
    }

    /// <summary>Returns true if the request may call a function of this level. The header takes precedence over the query.</summary>
    public bool Admit(IncomingRequest request, AuthorizationLevel level)
    {
        if (!Enabled || level == AuthorizationLevel.Anonymous)
        {
            return true;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (!TryHash(request, hash))
        {
            return false;
        }

        return IsOneOf(hash, _master)
            | level switch
            {
                AuthorizationLevel.Function or AuthorizationLevel.User => IsOneOf(hash, _function),
                AuthorizationLevel.System => IsOneOf(hash, _system),
                _ => false,
            };
    }

    /// <summary>True if the request carries the master key.</summary>
    public bool HasMaster(IncomingRequest request)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        return TryHash(request, hash) && IsOneOf(hash, _master);
    }

    private static bool TryHash(IncomingRequest request, Span<byte> hash)
    {
        var key = request.TryGetHeader(Header, out var header) ? header : request.Query[Parameter];
        if (key is not { Length: > 0 and <= LongestKey })
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(LongestKey)];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(key, bytes)], hash);
        return true;
    }

    private static bool IsOneOf(ReadOnlySpan<byte> hash, byte[][] known)
    {
        var found = false;
        foreach (var one in known)
        {
            found |= CryptographicOperations.FixedTimeEquals(hash, one);
        }

        return found;
    }
}
