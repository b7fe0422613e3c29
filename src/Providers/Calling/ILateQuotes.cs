using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Takes the quotes that came after their caller's deadline, so that the next caller gains. Register one to keep them; without it
/// they are lost.</summary>
public interface ILateQuotes
{
    /// <param name="listing">The requested listing.</param>
    /// <param name="quote">A quote with a price.</param>
    /// <param name="cancellationToken">Cancelled when the process stops.</param>
    Task KeepAsync(ProviderListing listing, ProviderQuote quote, CancellationToken cancellationToken);
}
