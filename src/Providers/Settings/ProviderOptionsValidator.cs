using Microsoft.Extensions.Options;

namespace Quorum.Providers;

/// <summary>Reports every fault of one provider's settings with its value, except the value of a key.</summary>
internal sealed class ProviderOptionsValidator : IValidateOptions<ProviderOptions>
{
    private static readonly TimeSpan TenMilliseconds = TimeSpan.FromMilliseconds(10),
        OneMinute = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, ProviderOptions options)
    {
        foreach (var registration in ProviderRegistration.All)
        {
            if (registration.Id.SettingsName == name)
            {
                var faults = Faults(registration, options).ToList();
                return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
            }
        }

        return ValidateOptionsResult.Skip;
    }

    private static IEnumerable<string> Faults(ProviderRegistration registration, ProviderOptions options)
    {
        var section = $"{ProviderOptions.Section}:{registration.Id.SettingsName}";
        if (AddressFault(options.BaseAddress) is { } addressFault)
        {
            yield return $"{section}:BaseAddress {addressFault}";
        }

        if (!string.IsNullOrWhiteSpace(options.Plan) && !registration.Plans.Contains(options.Plan.Trim(), StringComparer.OrdinalIgnoreCase))
        {
            yield return $"{section}:Plan must be one of {string.Join(", ", registration.Plans)}; got '{options.Plan}'.";
        }

        if (!IsSendable(options.ApiKey))
        {
            yield return $"{section}:ApiKey must consist of printable ASCII characters without blanks; its value is not shown.";
        }

        if (!IsSendable(options.ApiSecret))
        {
            yield return $"{section}:ApiSecret must consist of printable ASCII characters without blanks; its value is not shown.";
        }

        // A simulator or proxy may need no keys; the real service does.
        var settings = new ProviderSettings(registration, options);
        if (settings is { IsEnabled: true } && settings.BaseAddress == registration.DefaultBaseAddress)
        {
            if (settings.ApiKey is null)
            {
                yield return $"{section}:ApiKey must be set while {section}:Enabled is true.";
            }

            if (registration.NeedsSecret && settings.ApiSecret is null)
            {
                yield return $"{section}:ApiSecret must be set: this provider's key has two halves.";
            }
        }

        foreach (var fault in RangeFaults(section, options))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> RangeFaults(string section, ProviderOptions options)
    {
        (string Name, object? Value, object Min, object Max, bool IsGood)[] ranges =
        [
            Range("ConnectTimeout", options.ConnectTimeout, TenMilliseconds, OneMinute),
            Range("AttemptTimeout", options.AttemptTimeout, TenMilliseconds, OneMinute),
            Range("BackgroundLimit", options.BackgroundLimit, TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            Range("ConnectionLifetime", options.ConnectionLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            Range("UnknownSymbolLifetime", options.UnknownSymbolLifetime, TimeSpan.Zero, TimeSpan.FromDays(1)),
            Range("MaxBackgroundCalls", options.MaxBackgroundCalls, 0, 100_000),
            Range("MaxConcurrentCalls", options.MaxConcurrentCalls, 1, 100_000),
            Range("MaxConnections", options.MaxConnections, 1, 100_000),
            Range("MaxResponseBytes", options.MaxResponseBytes, 1024, 64 * 1024 * 1024),
            Range("Quota:PerSecond", options.Quota.PerSecond ?? 1, 1, int.MaxValue),
            Range("Quota:PerMinute", options.Quota.PerMinute ?? 1, 1, int.MaxValue),
            Range("Quota:PerDay", options.Quota.PerDay ?? 1, 1, int.MaxValue),
            Range("Quota:InteractiveReserve", options.Quota.InteractiveReserve, 0.0, 1.0),
            Range("CircuitBreaker:FailureRatio", options.CircuitBreaker.FailureRatio, 0.01, 1.0),
            Range("CircuitBreaker:MinimumThroughput", options.CircuitBreaker.MinimumThroughput, 2, 100_000),
            Range(
                "CircuitBreaker:SamplingDuration",
                options.CircuitBreaker.SamplingDuration,
                TimeSpan.FromSeconds(0.5),
                TimeSpan.FromHours(1)
            ),
            Range("CircuitBreaker:BreakDuration", options.CircuitBreaker.BreakDuration, TimeSpan.FromSeconds(0.5), TimeSpan.FromHours(1)),
            Range("Retry:MaxRetries", options.Retry.MaxRetries, 0, 5),
            Range("Retry:BudgetRatio", options.Retry.BudgetRatio, 0.0, 1.0),
        ];
        foreach (var (name, value, min, max, isGood) in ranges)
        {
            if (!isGood)
            {
                yield return $"{section}:{name} must be between {min} and {max}; got {value}.";
            }
        }

        static (string Name, object? Value, object Min, object Max, bool IsGood) Range<T>(string name, T value, T min, T max)
            where T : struct, IComparable<T> => (name, value, min, max, value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0);
    }

    private static string? AddressFault(string? address)
    {
        if (string.IsNullOrWhiteSpace(address))
        {
            return null;
        }

        if (!Uri.TryCreate(address.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return $"must be an absolute http or https address; got '{address}'.";
        }

        // These parts might contain a key, so they are not shown.
        return uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0
            ? $"must have no user, query or fragment (host {uri.Host}). Put keys into ApiKey."
            : null;
    }

    private static bool IsSendable(string? key)
    {
        foreach (var character in key?.Trim() ?? "")
        {
            if (character is <= ' ' or > '~')
            {
                return false;
            }
        }

        return true;
    }
}
