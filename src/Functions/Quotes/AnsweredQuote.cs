using System.Security.Cryptography;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>The quote of an answer, with the headers that describe it.</summary>
/// <param name="Document">The quote, without what belongs to the single request.</param>
/// <param name="InstanceId">The orchestration; <see langword="null"/> when there is none.</param>
/// <param name="EntityTag">The entity tag, which changes with the quote.</param>
/// <param name="ServerTiming">The value of the header of that name.</param>
internal readonly record struct AnsweredQuote(
    ReadOnlyMemory<byte> Document,
    string? InstanceId,
    Completeness Completeness,
    string EntityTag,
    string ServerTiming
)
{
    /// <summary>Returns a quote as it was published. Its instance identifies it; what differs between two answers of it is the request's
    /// own.</summary>
    public static AnsweredQuote Of(PublishedQuote quote, string serverTiming) =>
        new(
            quote.Document,
            PublicationId.InstanceOf(quote.InstanceId),
            quote.Completeness,
            quote.InstanceId.Length > 0 ? $"\"{quote.InstanceId}\"" : TagOf(quote.Document),
            serverTiming
        );

    /// <summary>Returns the entity tag of a quote that no instance identifies.</summary>
    public static string TagOf(ReadOnlyMemory<byte> document) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(document.Span).AsSpan(0, 16))}\"";
}
