using Quorum.Functions.Quotes;
using Quorum.MarketData;

namespace Quorum.Functions.Tests.Quotes;

public sealed class ProviderSelectionTests
{
    [Fact]
    public void It_is_compared_by_its_members_however_they_were_named()
    {
        var one = ProviderSelection.Of([ProviderId.Eodhd, ProviderId.Finnhub, ProviderId.Eodhd]);
        var other = ProviderSelection.None.With(ProviderId.Finnhub).With(ProviderId.Eodhd);

        Assert.Equal(one, other);
        Assert.Equal("finnhub,eodhd", one.ToString());
        Assert.Equal([ProviderId.Finnhub, ProviderId.Eodhd], one.ToList().AsEnumerable());
        Assert.NotEqual(one, one.With(ProviderId.Massive));
    }

    [Fact]
    public void All_has_every_provider_and_None_has_none()
    {
        Assert.Equal(ProviderId.All, ProviderSelection.All.ToList());
        Assert.All(ProviderId.All, provider => Assert.True(ProviderSelection.All.Contains(provider)));
        Assert.All(ProviderId.All, provider => Assert.False(ProviderSelection.None.Contains(provider)));
        Assert.True(ProviderSelection.Of(ProviderId.All).IsAll);
        Assert.False(ProviderSelection.Of([.. ProviderId.All.Skip(1)]).IsAll);
        Assert.Empty(ProviderSelection.None.ToList().AsEnumerable());
    }

    [Fact]
    public void An_unknown_provider_is_rejected() => Assert.Throws<ArgumentException>(() => ProviderSelection.None.With(default));
}
