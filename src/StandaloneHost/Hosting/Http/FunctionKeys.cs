using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>The keys that callers must bring. Only their hashes are kept, and every comparison takes the same time.</summary>
internal sealed class FunctionKeys
{
    public const string Section = "Functions:Keys";
    private const string Header = "x-functions-key";
    private const string Parameter = "code";
    private const int LongestKey = 1024;

    /// <summary>In characters. A shorter key can be guessed.</summary>
    public const int ShortestKey = 16;

    private readonly bool _everyCallerIsMaster;
    private readonly byte[][] _master;
    private readonly byte[][] _function;
    private readonly byte[][] _system;

    private FunctionKeys(HttpSettings settings, byte[][] master, byte[][] function, byte[][] system)
    {
        Enabled = settings.AskForKeys;
        _everyCallerIsMaster = settings.EveryCallerIsMaster;
        _master = master;
        _function = function;
        _system = system;
    }

    /// <summary>Off: every call is let through, as under Core Tools.</summary>
    public bool Enabled { get; }

    /// <summary>True if there is any key that opens a function.</summary>
    public bool Any => _master.Length + _function.Length > 0;

    /// <summary>Reads <c>Functions:Keys:Master</c>, <c>Functions:Keys:Function:NAME</c> and <c>Functions:Keys:System:NAME</c>.</summary>
    /// <param name="configuration">The app's.</param>
    /// <param name="settings">They say if callers must bring a key.</param>
    /// <param name="faults">Gets a sentence for each key that is too short, without the key.</param>
    public static FunctionKeys Read(IConfiguration configuration, HttpSettings settings, ICollection<string> faults)
    {
        var keys = configuration.GetSection(Section);
        foreach (var setting in keys.AsEnumerable())
        {
            if (setting.Value is { Length: > 0 and < ShortestKey } key)
            {
                faults.Add(
                    $"settings: {setting.Key.Replace(':', '.')} must have at least {ShortestKey} characters; it has {key.Length}. "
                        + "Create one with 'openssl rand -hex 24'."
                );
            }
        }

        return new FunctionKeys(
            settings,
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

    /// <summary>True if the request carries the master key, or counts as one that does
    /// (<see cref="HttpSettings.EveryCallerIsMaster"/>).</summary>
    public bool HasMaster(IncomingRequest request)
    {
        if (_everyCallerIsMaster)
        {
            return true;
        }

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
