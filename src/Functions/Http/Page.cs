namespace Quorum.Functions.Http;

/// <summary>One page of a list.</summary>
/// <param name="Items">The items in the list's own order.</param>
/// <param name="Next">The <c>cursor</c> of the next page; <see langword="null"/> after the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

internal static class Page
{
    /// <summary>A page of what was found, when one item more than the limit was asked for to see whether there are more.</summary>
    /// <param name="place">Where an item stands in the list, as the next page's cursor shall say it.</param>
    public static Page<T> Of<T>(IReadOnlyList<T> found, int limit, Func<T, string> place) =>
        found.Count <= limit ? new Page<T>(found, null) : new Page<T>([.. found.Take(limit)], PageCursor.Write(place(found[limit - 1])));
}
