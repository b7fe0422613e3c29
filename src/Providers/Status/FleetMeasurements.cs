using System.Diagnostics.Metrics;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The state of a fleet's providers as its metrics observe it.</summary>
internal static class FleetMeasurements
{
    /// <summary>Returns the state of each breaker.</summary>
    public static IEnumerable<Measurement<int>> BreakerStates(IReadOnlyDictionary<ProviderId, FleetMember> members)
    {
        foreach (var (provider, member) in members)
        {
            if (member.Client is { } client)
            {
                yield return new Measurement<int>(
                    (int)client.Breaker.State,
                    KeyValuePair.Create(ProviderTelemetry.ProviderTag, (object?)provider.ToString())
                );
            }
        }
    }

    /// <summary>Returns the calls that are left in each window.</summary>
    public static IEnumerable<Measurement<int>> QuotasLeft(IReadOnlyDictionary<ProviderId, FleetMember> members)
    {
        foreach (var (provider, member) in members)
        {
            foreach (var window in member.Client?.Quota.Known().Windows ?? [])
            {
                yield return Left(provider, window, CallPurpose.Interactive, "interactive");
                yield return Left(provider, window, CallPurpose.Batch, "background");
            }
        }

        static Measurement<int> Left(ProviderId provider, ProviderQuotaWindow window, CallPurpose purpose, string purposeName) =>
            new(
                window.LeftFor(purpose),
                KeyValuePair.Create(ProviderTelemetry.ProviderTag, (object?)provider.ToString()),
                KeyValuePair.Create(
                    "quorum.quota.window",
                    (object?)(
                        window.Length.TotalSeconds is 1 ? "second"
                        : window.Length.TotalMinutes is 1 ? "minute"
                        : "day"
                    )
                ),
                KeyValuePair.Create("quorum.quota.purpose", (object?)purposeName)
            );
    }
}
