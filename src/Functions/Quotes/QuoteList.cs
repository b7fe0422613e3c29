using Quorum.Functions.Http;

namespace Quorum.Functions.Quotes;

/// <summary>Writes the items of <c>GET quotes</c> that are problems.</summary>
internal static class QuoteList
{
    /// <summary>Writes the problem with the symbol as its first member.</summary>
    public static async Task WriteAsync(Stream body, string symbol, Problem problem, CancellationToken cancellationToken)
    {
        await body.WriteAsync("{\"symbol\":"u8.ToArray(), cancellationToken);
        await body.WriteAsync(ApiJson.Write(symbol, HttpJson.Default.String), cancellationToken);
        await body.WriteAsync(","u8.ToArray(), cancellationToken);
        await body.WriteAsync(ApiJson.Write(problem, HttpJson.Default.Problem)[1..], cancellationToken);
    }
}
