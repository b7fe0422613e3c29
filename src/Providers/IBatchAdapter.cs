using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The adapter of a provider that answers for many listings in one request (N15). Pure: no I/O, no clock.</summary>
internal interface IBatchAdapter : IProviderAdapter
{
    /// <summary>The most listings in one request under the configured plan; 1 when the plan has no batches.</summary>
    int MaxBatch { get; }

    /// <summary>Returns true if the listing may share a request with others.</summary>
    bool IsBatchable(ProviderListing listing);

    /// <summary>Returns the number of calls that the provider counts for one request.</summary>
    int CountCalls(int listings);

    /// <summary>One request for the current quotes of at least two listings.</summary>
    HttpRequestMessage CreateBatchRequest(IReadOnlyList<ProviderListing> listings);

    /// <summary>Reads the body of an answer with a 2xx status, matching by name, never by place.</summary>
    /// <returns>One reading for each listing, in their order, each judged alone; <see langword="null"/> when the body is not of the form
    /// that the provider documents for batches.</returns>
    /// <exception cref="System.Text.Json.JsonException">Likewise.</exception>
    Reading[]? ReadBatch(in ProviderAnswer answer, IReadOnlyList<ProviderListing> listings);

    /// <summary>The listing for whose sake the whole request was refused, by its place; <see cref="UnnamedCulprit"/> when it was refused
    /// for one of them and the answer does not say for which; <see langword="null"/> when the refusal concerns them all.</summary>
    int? FindCulprit(in ProviderAnswer answer, IReadOnlyList<ProviderListing> listings);

    /// <inheritdoc cref="FindCulprit"/>
    const int UnnamedCulprit = -1;
}
