using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The particulars of one provider: the form of a request and the meaning of an answer. Pure: no I/O, no clock.</summary>
internal interface IProviderAdapter
{
    /// <summary>One request for the current quote of one listing.</summary>
    HttpRequestMessage CreateRequest(ProviderListing listing);

    /// <summary>Reads the body of an answer with a 2xx status.</summary>
    /// <returns><see langword="null"/> when the body is not of the form that the provider documents for quotes.</returns>
    /// <exception cref="System.Text.Json.JsonException">Likewise.</exception>
    Reading? ReadQuote(in ProviderAnswer answer, ProviderListing listing);

    /// <summary>Says what an answer below 500 means that is no quote: the provider's known texts first, then the status (rule
    /// N5).</summary>
    Reading ReadRefusal(in ProviderAnswer answer);

    /// <summary>The best freshness that the configured plan gives for a listing.</summary>
    QuoteFreshness BestFreshness(ProviderListing listing) => QuoteFreshness.RealTime;

    /// <summary>True if the provider itself answers with such a page (N26).</summary>
    bool SendsPage(int status) => false;
}
