namespace Quorum.ProviderSimulator;

/// <summary>The wire format of one provider: its requests and all of its answers.</summary>
internal interface IProviderWire
{
    Provider Provider { get; }

    /// <summary>The listings of the provider, by its own spelling.</summary>
    Listings Listings { get; }

    /// <summary>The provider's unusual answers, by name.</summary>
    IReadOnlyDictionary<string, Shape> Shapes { get; }

    /// <summary>Reads the request; leaves <see cref="CallForm.None"/> for a path that the provider does not have.</summary>
    /// <param name="path">The path without the provider's prefix: <c>/api/v1/quote</c>.</param>
    void Read(ReadOnlySpan<char> path, HttpRequest request, Call call);

    /// <summary>Writes the quote, its absence, or the error of the request.</summary>
    void Answer(Call call, Reply reply);

    /// <summary>Writes the answer to a missing, empty or invalid key.</summary>
    void RefuseKey(Call call, Reply reply);

    /// <summary>Writes the answer to a request that the plan does not include.</summary>
    void RefusePlan(Call call, Reply reply);

    /// <summary>Writes the answer to a key with a full window: <see cref="QuotaVerdict.Refusal"/>.</summary>
    void RefuseQuota(Call call, Reply reply);

    /// <summary>Writes the provider's body for an HTTP status that a fault forces on it.</summary>
    void Fail(int status, Reply reply);

    /// <summary>Writes the quota headers, on every answer that has passed the quota.</summary>
    void WriteRateHeaders(Call call, Reply reply);
}
