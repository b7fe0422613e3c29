using System.Numerics;

namespace Quorum.MarketData;

/// <summary>Sets of providers as bits, in the order of <see cref="ProviderId.All"/>, and the lists and provenances that say them.
/// There are 64 of them, so each is made once and shared by all answers.</summary>
internal static class ProviderSet
{
    private static readonly ProviderId[][] Lists = [.. Enumerable.Range(0, 1 << ProviderId.All.Count).Select(ToList)];

    private static readonly FieldProvenance[] Medians = Provenances("weighted-median");
    private static readonly FieldProvenance[] Freshests = Provenances("freshest");
    private static readonly FieldProvenance[] Computations = Provenances("computed");
    private static readonly FieldProvenance[] Singles = Provenances("single");

    public static int Size => ProviderId.All.Count;

    public static ProviderId[] List(int set) => Lists[set];

    public static int Of(IReadOnlyList<ProviderId> list)
    {
        var set = 0;
        for (var i = 0; i < list.Count; i++)
        {
            set |= 1 << IndexOf(list[i]);
        }

        return set;
    }

    public static ProviderId At(int place) => Lists[^1][place];

    public static int Count(int set) => BitOperations.PopCount((uint)set);

    public static FieldProvenance Median(int from) => (Count(from) == 1 ? Singles : Medians)[from];

    /// <param name="chosen">Those whose value it is.</param>
    /// <param name="candidates">Those among whom it was the freshest.</param>
    public static FieldProvenance Freshest(int chosen, int candidates) => (Count(candidates) == 1 ? Singles : Freshests)[chosen];

    public static FieldProvenance Computed(int from) => Computations[from];

    /// <exception cref="ArgumentException">The value is none of the known providers.</exception>
    public static int IndexOf(ProviderId provider)
    {
        var all = Lists[^1];
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i] == provider)
            {
                return i;
            }
        }

        throw new ArgumentException($"'{provider}' is not a known provider.", nameof(provider));
    }

    private static ProviderId[] ToList(int set) => [.. ProviderId.All.Where((_, index) => (set & (1 << index)) != 0)];

    private static FieldProvenance[] Provenances(string method) => Array.ConvertAll(Lists, list => new FieldProvenance(method, list));
}
