namespace Quorum.Functions.Tests.EndToEnd.Outside;

/// <summary>The inputs, by kind.</summary>
internal static class OutsideTable
{
    public static IReadOnlyList<OutsideCase> All { get; } =
    [
        .. OutsideUnits.UnknownUnits(),
        .. OutsideUnits.Spellings(),
        .. OutsideContradictions.SlowAgainstFresh(),
        .. OutsideContradictions.Contradictions(),
        .. OutsideUnits.UnitFactors(),
        .. OutsideContradictions.Splits(),
        .. OutsideListings.Listings(),
        .. OutsideListings.Times(),
        .. OutsideListings.Intermediaries(),
        .. OutsideListings.Venues(),
        .. OutsideContradictions.Noise(),
        .. OutsideListings.Books(),
    ];
}
