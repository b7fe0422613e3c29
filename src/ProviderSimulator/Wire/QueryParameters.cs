using Microsoft.AspNetCore.WebUtilities;

namespace Quorum.ProviderSimulator;

/// <summary>Reads query parameters without building a dictionary.</summary>
internal static class QueryParameters
{
    /// <returns>The first value; <see langword="null"/> when the query has no such name.</returns>
    public static string? Find(this HttpRequest request, ReadOnlySpan<char> name)
    {
        foreach (var pair in new QueryStringEnumerable(request.QueryString.Value))
        {
            if (pair.EncodedName.Span.SequenceEqual(name))
            {
                return pair.DecodeValue().ToString();
            }
        }

        return null;
    }

    /// <returns>The first value of a header; <see langword="null"/> when it was not sent.</returns>
    public static string? Header(this HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    public static int CountSymbols(ReadOnlySpan<char> symbols) => symbols.Count(',') + 1;
}
