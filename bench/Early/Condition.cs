using Quorum.MarketData;

namespace Quorum.Early;

/// <summary>A condition of the providers under which early answers are measured.</summary>
/// <param name="Slow">Ten times as slow as usual.</param>
/// <param name="Hanging">Never answer.</param>
internal sealed record Condition(string Name, IReadOnlyList<ProviderId> Slow, IReadOnlyList<ProviderId> Hanging)
{
    /// <summary>Those of the target table, in its order; the first is the normal one.</summary>
    public static IReadOnlyList<Condition> All { get; } =
    [
        new("no fault", [], []),
        new("EODHD ten times slower", [ProviderId.Eodhd], []),
        new("Alpha Vantage and EODHD hang", [], [ProviderId.AlphaVantage, ProviderId.Eodhd]),
        .. new[] { ProviderId.Finnhub, ProviderId.TwelveData, ProviderId.Massive, ProviderId.Alpaca }.Select(provider => new Condition(
            $"{provider} ten times slower",
            [provider],
            []
        )),
    ];
}
