using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Takes the quotes that came after their caller's deadline, so that the next caller gains. Register one to keep them; without it
/// they are lost.</summary>
public interface ILateQuotes
{
    /// <param name="listing">What was asked for.</param>
    /// <param name="quote">With a price.</param>
    /// <param name="cancellationToken">Cancelled when the process stops.</param>
    Task KeepAsync(ProviderListing listing, ProviderQuote quote, CancellationToken cancellationToken);
}
