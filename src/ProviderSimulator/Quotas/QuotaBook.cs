using System.Collections.Concurrent;

namespace Quorum.ProviderSimulator;

/// <summary>The limits in force, and the usage of each key.</summary>
internal sealed class QuotaBook
{
    private readonly QuotaLimit[][] _limits = new QuotaLimit[ProviderNames.Count * 2][];
    private readonly ConcurrentDictionary<(Provider, Plan, string Key), KeyQuota> _keys = new();

    public QuotaBook(bool enforced)
    {
        Enforced = enforced;
        RestoreLimits();
    }

    /// <summary>True if quotas are enforced; false admits every call and sends no rate headers.</summary>
    public bool Enforced { get; set; }

    public QuotaLimit[] LimitsOf(Provider provider, Plan plan) => Volatile.Read(ref _limits[Place(provider, plan)]);

    /// <summary>Changes the limits and resets the usage.</summary>
    public void SetLimits(Provider provider, Plan plan, QuotaLimit[] limits)
    {
        Volatile.Write(ref _limits[Place(provider, plan)], limits);
        Forget();
    }

    /// <summary>Restores the limits that the providers publish.</summary>
    public void RestoreLimits()
    {
        foreach (var provider in ProviderNames.All)
        {
            _limits[Place(provider, Plan.Free)] = PublishedLimits.Of(provider, Plan.Free);
            _limits[Place(provider, Plan.Paid)] = PublishedLimits.Of(provider, Plan.Paid);
        }

        Forget();
    }

    /// <summary>Empties all windows.</summary>
    public void Forget() => _keys.Clear();

    public QuotaVerdict Take(Provider provider, Plan plan, string key, DateTimeOffset now, int symbols) =>
        Enforced ? Of(provider, plan, key).Take(now, symbols) : default;

    /// <summary>Returns the decision on a key whose quota is used up: the limit of the longest window is reached.</summary>
    public QuotaVerdict Exhausted(Provider provider, Plan plan, DateTimeOffset now)
    {
        QuotaReading? minute = null,
            longest = null;
        foreach (var limit in LimitsOf(provider, plan) is { Length: > 0 } some ? some : PublishedLimits.Of(provider, Plan.Free))
        {
            var window = QuotaWindow.Of(limit with { Kind = QuotaWindowKind.Calendar });
            window.Add(now, limit.Limit);
            var reading = new QuotaReading(limit, limit.Limit + 1, window.FreeAt(now, 1));
            minute = limit.Span == QuotaSpan.Minute ? reading : minute;
            longest = longest is { } known && known.Limit.Length >= limit.Length ? known : reading;
        }

        return new(minute, longest);
    }

    /// <summary>Returns all keys seen, for the admin endpoint.</summary>
    public IEnumerable<(Provider Provider, Plan Plan, string Key, KeyQuota Quota)> Keys() =>
        _keys.Select(entry => (entry.Key.Item1, entry.Key.Item2, entry.Key.Key, entry.Value));

    private KeyQuota Of(Provider provider, Plan plan, string key) =>
        _keys.TryGetValue((provider, plan, key), out var known)
            ? known
            : _keys.GetOrAdd((provider, plan, key), static (_, limits) => new KeyQuota(limits), LimitsOf(provider, plan));

    private static int Place(Provider provider, Plan plan) => ((int)provider * 2) + (int)plan;
}
