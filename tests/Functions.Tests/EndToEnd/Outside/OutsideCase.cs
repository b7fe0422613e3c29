using System.Net;
using Quorum.MarketData;

namespace Quorum.Functions.Tests.EndToEnd.Outside;

/// <summary>An input from outside, and the right answer to it.</summary>
/// <param name="Name">The kind, and the case.</param>
/// <param name="Asked">The symbol as a caller writes it.</param>
internal sealed record OutsideCase(string Name, string Asked)
{
    /// <summary>The answer of each provider. One that is not named refuses the request (400).</summary>
    public IReadOnlyDictionary<ProviderId, Reply> Replies { get; init; } = new Dictionary<ProviderId, Reply>();

    /// <summary>The answers to a request a moment before, whose quotes are stored.</summary>
    public IReadOnlyDictionary<ProviderId, Reply>? Before { get; init; }

    public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

    public string? Symbol { get; init; }

    public decimal? Price { get; init; }

    public string? Currency { get; init; }

    public double MaxConfidence { get; init; } = 1;

    public double MinConfidence { get; init; }

    /// <summary>Fields of the answer that must have a value; <see langword="null"/> where they must have none.</summary>
    public IReadOnlyDictionary<string, string?> Fields { get; init; } = new Dictionary<string, string?>();

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<string> Outliers { get; init; } = [];

    public IReadOnlyDictionary<ProviderId, string> Outcomes { get; init; } = new Dictionary<ProviderId, string>();

    public IReadOnlyDictionary<ProviderId, string> Suspects { get; init; } = new Dictionary<ProviderId, string>();

    /// <summary>Texts that the body of a refusal must have.</summary>
    public IReadOnlyList<string> Says { get; init; } = [];

    public override string ToString() => Name;
}

/// <summary>The answer of a provider: a quote in its wire form, or the body of an intermediary.</summary>
internal sealed record Reply(VendorQuote? Quote, int Status = 200, string Body = "{}", string ContentType = "application/json")
{
    public static implicit operator Reply(VendorQuote quote) => new(quote);

    public static Reply Page(int status) =>
        new(
            null,
            status,
            "<!DOCTYPE html><html><head><title>Access denied</title></head><body>Attention required</body></html>",
            "text/html"
        );
}
