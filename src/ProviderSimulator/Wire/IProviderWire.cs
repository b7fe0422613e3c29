namespace Quorum.ProviderSimulator;

/// <summary>One provider's wire format: how it is asked, and everything that it says.</summary>
internal interface IProviderWire
{
    Provider Provider { get; }

    /// <summary>What it lists, by its own spelling.</summary>
    Listings Listings { get; }

    /// <summary>Its odd answers, by name.</summary>
    IReadOnlyDictionary<string, Shape> Shapes { get; }

    /// <summary>Reads what is asked; leaves <see cref="CallForm.None"/> for a path that the provider does not have.</summary>
    /// <param name="path">Without the provider's prefix: <c>/api/v1/quote</c>.</param>
    void Read(ReadOnlySpan<char> path, HttpRequest request, Call call);

    /// <summary>The quote, its absence, or what is wrong with the request.</summary>
    void Answer(Call call, Reply reply);

    /// <summary>The key is missing, empty or invalid.</summary>
    void RefuseKey(Call call, Reply reply);

    /// <summary>The plan does not include what is asked for.</summary>
    void RefusePlan(Call call, Reply reply);

    /// <summary>A window of the key is used up: <see cref="QuotaVerdict.Refusal"/>.</summary>
    void RefuseQuota(Call call, Reply reply);

    /// <summary>The provider's body for an HTTP status that something forced on it.</summary>
    void Fail(int status, Reply reply);

    /// <summary>The headers that tell of the quota, on every answer that has passed it.</summary>
    void WriteRateHeaders(Call call, Reply reply);
}
