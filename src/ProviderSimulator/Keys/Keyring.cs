using System.Text.Json.Serialization;

namespace Quorum.ProviderSimulator;

/// <summary>The standing of a key at a provider.</summary>
[JsonConverter(typeof(EnumNameConverter<KeyStanding>))]
internal enum KeyStanding
{
    /// <summary>No key was sent.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,

    /// <summary>An empty key was sent.</summary>
    [JsonStringEnumMemberName("empty")]
    Empty,

    /// <summary>The key is unknown, or its secret is wrong.</summary>
    [JsonStringEnumMemberName("invalid")]
    Invalid,

    /// <summary>A key on the plan that the simulator was started with.</summary>
    [JsonStringEnumMemberName("good")]
    Good,

    /// <summary>A key on the free plan, whichever plan the simulator was started with.</summary>
    [JsonStringEnumMemberName("free")]
    Free,

    /// <summary>The key's plan does not include the requested data.</summary>
    [JsonStringEnumMemberName("restricted")]
    Restricted,

    /// <summary>The key's quota is used up.</summary>
    [JsonStringEnumMemberName("exhausted")]
    Exhausted,

    /// <summary>A vendor's public demonstration key: a few symbols only.</summary>
    [JsonStringEnumMemberName("demo")]
    Demo,
}

/// <summary>A price plan.</summary>
[JsonConverter(typeof(EnumNameConverter<Plan>))]
internal enum Plan
{
    [JsonStringEnumMemberName("free")]
    Free,

    [JsonStringEnumMemberName("paid")]
    Paid,
}

/// <summary>The keys of each provider.</summary>
internal sealed class Keyring
{
    public const string GoodKey = "sim-key",
        FreeKey = "sim-free",
        RestrictedKey = "sim-restricted",
        ExhaustedKey = "sim-exhausted",
        Secret = "sim-secret";

    private readonly Dictionary<string, Entry>[] _keys = new Dictionary<string, Entry>[ProviderNames.Count];

    public Keyring() => Reset();

    /// <summary>Removes all keys but those of the start.</summary>
    public void Reset()
    {
        foreach (var provider in ProviderNames.All)
        {
            var secret = HasSecret(provider) ? Secret : null;
            Volatile.Write(
                ref _keys[(int)provider],
                new(StringComparer.Ordinal)
                {
                    [GoodKey] = new(KeyStanding.Good, secret),
                    [FreeKey] = new(KeyStanding.Free, secret),
                    [RestrictedKey] = new(KeyStanding.Restricted, secret),
                    [ExhaustedKey] = new(KeyStanding.Exhausted, secret),
                }
            );
        }

        Add(Provider.TwelveData, "demo", null, KeyStanding.Demo);
        Add(Provider.Eodhd, "demo", null, KeyStanding.Demo);
    }

    /// <summary>Adds or changes a key.</summary>
    /// <param name="secret">The second part, for Alpaca, and ignored for others; <see langword="null"/> accepts any.</param>
    public void Add(Provider provider, string key, string? secret, KeyStanding standing)
    {
        ref var slot = ref _keys[(int)provider];
        Volatile.Write(ref slot, new(slot, StringComparer.Ordinal) { [key] = new(standing, HasSecret(provider) ? secret : null) });
    }

    public KeyStanding Judge(Provider provider, string? key, string? secret) =>
        key switch
        {
            null => KeyStanding.Missing,
            "" => KeyStanding.Empty,
            _ when Volatile.Read(ref _keys[(int)provider]).TryGetValue(key, out var entry)
                    && (entry.Secret is null || entry.Secret == secret) => entry.Standing,
            _ => KeyStanding.Invalid,
        };

    private static bool HasSecret(Provider provider) => provider == Provider.Alpaca;

    private readonly record struct Entry(KeyStanding Standing, string? Secret);
}

/// <summary>Masks keys for display.</summary>
internal static class KeyMask
{
    /// <summary>Returns the first and the last two characters of a long key, and nothing of a short one.</summary>
    public static string? Of(string? key) =>
        key switch
        {
            null => null,
            { Length: < 6 } => "***",
            _ => $"{key[..2]}***{key[^2..]}",
        };
}
