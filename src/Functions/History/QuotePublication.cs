using System.Text.Json.Serialization;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.History;

/// <summary>The publication of a quote in the history.</summary>
/// <param name="Id">Its id in the history.</param>
/// <param name="PublishedAt">The time of the merge, UTC.</param>
/// <param name="InstanceId">The orchestration instance that made it; <see langword="null"/> for none.</param>
/// <param name="Href">The address of its inputs.</param>
internal sealed record QuotePublication(
    string Id,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset PublishedAt,
    string? InstanceId,
    string Href
)
{
    /// <param name="history">The path of the symbol's history.</param>
    public static QuotePublication Of(PublishedQuote quote, string history) =>
        new(
            quote.InstanceId,
            quote.PublishedAt,
            PublicationId.InstanceOf(quote.InstanceId),
            $"{history}/{Uri.EscapeDataString(quote.InstanceId)}"
        );

    /// <summary>The path of a history that is asked for by its own address.</summary>
    public static string PathOf(HttpRequestData request) => request.Url.AbsolutePath.TrimEnd('/');
}
