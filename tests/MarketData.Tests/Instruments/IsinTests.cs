namespace Quorum.MarketData.Tests;

public sealed class IsinTests
{
    [Theory]
    [InlineData("US0378331005", true)]
    [InlineData("GB00BH4HKS39", true)]
    [InlineData("KYG875721634", true)]
    [InlineData("CNE1000002H1", true)]
    [InlineData("US0378331006", false)]
    [InlineData("GB00BH4HKS93", false)]
    [InlineData("us0378331005", false)]
    [InlineData("US037833100", false)]
    [InlineData("US03783310O5", false)]
    public void An_isin_has_a_country_and_the_right_check_digit(string text, bool valid) => Assert.Equal(valid, Isin.IsValid(text));
}
