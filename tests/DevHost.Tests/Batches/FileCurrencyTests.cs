using Quorum.DevHost.Batches;

namespace Quorum.DevHost.Tests.Batches;

public sealed class FileCurrencyTests
{
    [Theory]
    [InlineData("USD", "USD")]
    [InlineData(" chf ", "CHF")]
    [InlineData("GBX", "GBP")]
    [InlineData("GBp", "GBP")]
    [InlineData("ZAc", "ZAR")]
    [InlineData("ZAX", "ZAR")]
    [InlineData("ILA", "ILS")]
    [InlineData("£", "GBP")]
    [InlineData("$", null)] // of many countries
    [InlineData("US", null)]
    [InlineData("EURO", null)]
    [InlineData("12 ", null)]
    [InlineData("", null)]
    public void Cell_is_a_currency_by_its_code_and_a_minor_unit_counts_as_its_currency(string cell, string? currency) =>
        Assert.Equal(currency, FileCurrency.Read(cell));

    [Theory]
    [InlineData(1, "Symbol", "Currency")]
    [InlineData(2, "Currency", "Symbol", "Currency (Price / share)")] // the first is the account's
    [InlineData(2, "Currency", "Symbol", "Instrument Currency")]
    [InlineData(0, "WÄHRUNG", "Symbol")]
    [InlineData(1, "銘柄コード", "通貨")]
    [InlineData(null, "Symbol", "Currency of the account")]
    [InlineData(null)]
    public void Column_is_the_one_of_the_price_whatever_the_language(int? column, params string[] headings) =>
        Assert.Equal(column, FileCurrency.FindColumn(headings));
}
