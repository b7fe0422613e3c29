namespace Quorum.Providers;

/// <summary>
/// The validated options of an adapter, with defaults filled in. A class and not a record, so that its keys are never printed.
/// </summary>
internal sealed class ProviderSettings
{
    public ProviderSettings(ProviderRegistration registration, ProviderOptions options)
    {
        var address = string.IsNullOrWhiteSpace(options.BaseAddress) ? registration.DefaultBaseAddress : options.BaseAddress.Trim();
        BaseAddress = address.EndsWith('/') ? address : address + "/";
        ApiKey = Given(options.ApiKey);
        ApiSecret = Given(options.ApiSecret);
        Plan = Given(options.Plan)?.ToLowerInvariant() ?? registration.Plans[0];
        IsEnabled = options.Enabled ?? (ApiKey is not null || BaseAddress != registration.DefaultBaseAddress);
        Options = options;

        // A substitute for the real service has no plan unless one is named.
        var isStandIn = BaseAddress != registration.DefaultBaseAddress && Given(options.Plan) is null;
        Limits = (isStandIn ? default : registration.Quota(Plan)).With(options.Quota);
    }

    /// <summary>Ends in a slash: a documented path is appended without one.</summary>
    public string BaseAddress { get; }

    /// <summary><see langword="null"/> when none is configured: the request then carries none.</summary>
    public string? ApiKey { get; }

    public string? ApiSecret { get; }

    /// <summary>Lower case; one of the registration's plans.</summary>
    public string Plan { get; }

    public bool IsEnabled { get; }

    /// <summary>Shortest window first; empty when nothing limits the calls.</summary>
    public IReadOnlyList<QuotaLimit> Limits { get; }

    public ProviderOptions Options { get; }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
