using System.Net;
using System.Text;
using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>An answer as a provider gave it, and how we judge it.</summary>
internal sealed class RecordedAnswer(int status, string body)
{
    /// <summary>A second after the moment that the recorded answers describe.</summary>
    public static readonly DateTimeOffset Now = DateTimeOffset.Parse("2025-06-18T17:32:11Z");

    public Dictionary<string, string> Headers { get; } = [];

    public string? Plan { get; init; }

    public DateTimeOffset ReceivedAt { get; init; } = Now;

    public static RecordedAnswer Ok(string body) => new(200, body);

    public RecordedAnswer With(string header, string value)
    {
        Headers[header] = value;
        return this;
    }

    public AttemptResult Judge(ProviderListing listing) => Judge(listing, Encoding.UTF8.GetBytes(body));

    public AttemptResult Judge(ProviderListing listing, ReadOnlySpan<byte> bytes)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        foreach (var (name, value) in Headers)
        {
            Assert.True(response.Headers.TryAddWithoutValidation(name, value));
        }

        return Providers.Judge.Decide(
            TestAdapters.Of(listing.Provider, Plan),
            new ProviderAnswer(status, bytes, response.Headers, ReceivedAt),
            listing
        );
    }
}

internal static class TestAdapters
{
    public static IProviderAdapter Of(ProviderId provider, string? plan = null)
    {
        var registration = ProviderRegistration.All.Single(candidate => candidate.Id == provider);
        return registration.Create(
            new ProviderSettings(
                registration,
                new ProviderOptions
                {
                    ApiKey = "key",
                    ApiSecret = "secret",
                    Plan = plan,
                }
            )
        );
    }
}
