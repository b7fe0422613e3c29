using System.Globalization;

namespace Quorum.ProviderSimulator.Tests;

public sealed class MoneyTests
{
    [Theory]
    [InlineData(216.0, 2, "216")]
    [InlineData(216.1, 2, "216.1")]
    [InlineData(214.289, 2, "214.29")]
    [InlineData(731450.5, 2, "731450.5")]
    [InlineData(2517.5, 0, "2518")]
    [InlineData(1.148236, 5, "1.14824")]
    [InlineData(0.0, 2, "0")]
    [InlineData(0.004, 2, "0")]
    public void A_price_has_the_decimals_of_its_venue_and_no_trailing_zeros(double value, int decimals, string expected)
    {
        Assert.Equal(expected, Money.Round(value, decimals).ToString(CultureInfo.InvariantCulture));
        Assert.Equal(expected, Money.Round((decimal)value, decimals).ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("-1.71005", "-1.7101")]
    [InlineData("1.71005", "1.7101")]
    [InlineData("-0.50000", "-0.5")]
    public void A_change_rounds_away_from_zero(string value, string expected) =>
        Assert.Equal(expected, Money.Round(decimal.Parse(value, CultureInfo.InvariantCulture), 4).ToString(CultureInfo.InvariantCulture));
}
