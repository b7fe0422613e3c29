using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>One line per provider: everything that the rest of the project needs to call it.</summary>
/// <param name="Id">The provider.</param>
/// <param name="DefaultBaseAddress">The real service, with a trailing slash.</param>
/// <param name="Plans">The plan names of its <c>Plan</c> setting, lower case; the first is the default.</param>
/// <param name="Quota">Returns the published quota of a plan, the lowest one where a plan has steps; configuration may raise it.</param>
/// <param name="NeedsSecret">True if its key has two parts.</param>
/// <param name="Create">Creates the adapter.</param>
internal sealed record ProviderRegistration(
    ProviderId Id,
    string DefaultBaseAddress,
    IReadOnlyList<string> Plans,
    Func<string, PlanQuota> Quota,
    bool NeedsSecret,
    Func<ProviderSettings, IProviderAdapter> Create
)
{
    public static IReadOnlyList<ProviderRegistration> All { get; } =
    [
        FinnhubAdapter.Registration,
        AlphaVantageAdapter.Registration,
        TwelveDataAdapter.Registration,
        MassiveAdapter.Registration,
        AlpacaAdapter.Registration,
        EodhdAdapter.Registration,
    ];
}
