using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>One good answer of each provider about the same moment: AAPL at 214.29.</summary>
internal static class Successes
{
    public static string Of(ProviderId provider) => ProviderRegistration.All.Single(registration => registration.Id == provider).Example;

    public static TheoryData<string> Providers => [.. ProviderId.All.Select(provider => provider.ToString())];

    public static ProviderId Parse(string provider) => ProviderId.TryParse(provider, out var id) ? id : throw new ArgumentException(provider, nameof(provider));
}
