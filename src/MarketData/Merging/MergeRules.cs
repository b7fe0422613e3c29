namespace Quorum.MarketData;

/// <summary>Identifies the rules by which this process merges: with the same rules and venues, the same inputs give the same
/// quote.</summary>
public static class MergeRules
{
    /// <summary>Raised with every change of the merge, the calendars or the document that gives another quote for the same inputs; a
    /// recorded merge in the tests tells when.</summary>
    public const int Version = 4;

    /// <summary>A hash of the venue table: units, hours, holiday calendars and ticks.</summary>
    public static string Venues => VenueTable.Hash;
}
