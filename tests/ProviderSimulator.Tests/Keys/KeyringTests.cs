namespace Quorum.ProviderSimulator.Tests;

public sealed class KeyringTests
{
    private readonly Keyring _keys = new();

    [Theory]
    [InlineData(null, "missing")]
    [InlineData("", "empty")]
    [InlineData("sim-key", "good")]
    [InlineData("SIM-KEY", "invalid")]
    [InlineData("sim-key ", "invalid")]
    [InlineData("sim-free", "free")]
    [InlineData("sim-restricted", "restricted")]
    [InlineData("sim-exhausted", "exhausted")]
    [InlineData("demo", "invalid")]
    public void A_key_stands_as_it_is_spelled(string? key, string standing) =>
        Assert.Equal(standing, _keys.Judge(Provider.Finnhub, key, null).ToString().ToLowerInvariant());

    [Fact]
    public void Two_vendors_have_a_demonstration_key() =>
        Assert.Equal(
            [Provider.TwelveData, Provider.Eodhd],
            ProviderNames.All.Where(provider => _keys.Judge(provider, "demo", null) == KeyStanding.Demo)
        );

    [Theory]
    [InlineData("S", "S", true)]
    [InlineData("S", "s", false)]
    [InlineData("S", null, false)]
    [InlineData(null, "anything", true)]
    public void A_secret_must_match_unless_none_was_given(string? stored, string? sent, bool good)
    {
        _keys.Add(Provider.Alpaca, "K", stored, KeyStanding.Good);

        Assert.Equal(good ? KeyStanding.Good : KeyStanding.Invalid, _keys.Judge(Provider.Alpaca, "K", sent));
    }

    [Fact]
    public void A_secret_is_ignored_for_providers_without_one()
    {
        _keys.Add(Provider.Massive, "K", "S", KeyStanding.Good);

        Assert.Equal(KeyStanding.Good, _keys.Judge(Provider.Massive, "K", null));
    }

    [Fact]
    public void A_key_can_lose_its_standing_and_a_reset_gives_it_back()
    {
        _keys.Add(Provider.Eodhd, Keyring.GoodKey, null, KeyStanding.Invalid);
        Assert.Equal(KeyStanding.Invalid, _keys.Judge(Provider.Eodhd, Keyring.GoodKey, null));

        _keys.Reset();

        Assert.Equal(KeyStanding.Good, _keys.Judge(Provider.Eodhd, Keyring.GoodKey, null));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "***")]
    [InlineData("short", "***")]
    [InlineData("sim-exhausted", "si***ed")]
    public void A_mask_shows_the_ends_of_a_long_key_only(string? key, string? shown) => Assert.Equal(shown, KeyMask.Of(key));
}
