using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>One line per provider: all that the rest of the project needs to know to call it.</summary>
/// <param name="Id">Which provider.</param>
/// <param name="DefaultBaseAddress">The real service, with a trailing slash.</param>
/// <param name="Plans">The plan names that its <c>Plan</c> setting takes, lower case; the first is assumed when there is none.</param>
/// <param name="Quota">What a plan allows, by its name. The lowest that is published where a plan has steps; configuration says
/// more.</param>
/// <param name="NeedsSecret">Whether its key comes in two halves.</param>
/// <param name="Create">Makes the adapter.</param>
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
