using System.Web;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Tests.Http;

/// <summary>Parameters of a query string: each is known, given once and valid, or a fault with its value and rule.</summary>
public sealed class QueryParametersTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("?from=1&to=2", "")]
    [InlineData("?FROM=1", "")]
    [InlineData("?code=k&clientId=c", "")]
    [InlineData("?form=1", "form must be one of the parameters from, to.")]
    [InlineData("?form=1&form=2&x=3", "form must be one of the parameters from, to. x must be one of the parameters from, to.")]
    [InlineData("?flag", "flag must be one of the parameters from, to.")]
    [InlineData("?from", "from must have a value, as in name=value.")]
    [InlineData("?from=2026-11-01&to&&flag", "to must have a value, as in name=value. flag must be one of the parameters from, to.")]
    public void A_parameter_that_is_not_listed_is_a_fault(string query, string faults)
    {
        var parameters = Parameters(query);

        parameters.AllowOnly("from", "to");

        Assert.Equal(faults, Faults(parameters));
    }

    [Fact]
    public void A_parameter_given_twice_is_one_fault_and_its_values_are_not_judged()
    {
        var parameters = Parameters("?limit=x&Limit=y&limit=z");

        Assert.Equal(50, parameters.Limit(50, 500));
        Assert.Null(parameters.Find("limit"));
        parameters.Refuse("limit", null, "must be even");

        Assert.Equal("limit must be given once; got 'x, y, z'.", Faults(parameters));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("500", 500)]
    [InlineData("007", 7)]
    [InlineData("", null)]
    [InlineData("-1", null)]
    [InlineData("%2B5", null)]
    [InlineData("5.0", null)]
    [InlineData("5%00", null)]
    [InlineData("%D9%A5", null)]
    [InlineData("99999999999", null)]
    public void A_whole_number_is_in_plain_digits_within_its_bounds(string text, int? expected)
    {
        var parameters = Parameters("?limit=" + text);

        Assert.Equal(expected ?? 50, parameters.Limit(50, 500));
        Assert.Equal(expected is null ? 1 : 0, parameters.Faults.Count);
        Assert.All(parameters.Faults, fault => Assert.Equal("must be a whole number of items from 1 to 500", fault.Rule));
    }

    [Theory]
    [InlineData("true", true, 0)]
    [InlineData("false", false, 0)]
    [InlineData("True", false, 1)]
    [InlineData("1", false, 1)]
    [InlineData("", false, 1)]
    public void A_flag_is_true_or_false_in_lower_case(string text, bool expected, int faults)
    {
        var parameters = Parameters("?fresh=" + text);

        Assert.Equal((expected, faults), (parameters.Flag("fresh"), parameters.Faults.Count));
    }

    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("1", 1.0)]
    [InlineData("0.85", 0.85)]
    [InlineData(".5", 0.5)]
    [InlineData("1.01", null)]
    [InlineData("-0.1", null)]
    [InlineData("0,5", null)]
    [InlineData("5e-1", null)]
    [InlineData("0.5%00", null)]
    [InlineData("NaN", null)]
    [InlineData("", null)]
    public void A_fraction_is_a_decimal_number_from_0_to_1(string text, double? expected)
    {
        var parameters = Parameters("?minConfidence=" + text);

        Assert.Equal(expected ?? 0.25, parameters.Fraction("minConfidence", 0.25));
        Assert.Equal(expected is null ? 1 : 0, parameters.Faults.Count);
    }

    [Theory]
    [InlineData("2026-11-20", "2026-11-20T00:00:00Z")]
    [InlineData("2026-11-20T15:00:00Z", "2026-11-20T15:00:00Z")]
    [InlineData("2026-11-20T15:00:00.5Z", "2026-11-20T15:00:00.5Z")]
    [InlineData("2026-11-20T15:00:00-05:00", "2026-11-20T20:00:00Z")]
    [InlineData("2026-11-20 ", null)]
    [InlineData(" 2026-11-20", null)]
    [InlineData("2026-02-30", null)]
    [InlineData("20.11.2026", null)]
    [InlineData("1969-12-31", null)]
    [InlineData("now", null)]
    [InlineData("", null)]
    public void A_moment_has_its_offset_and_a_date_is_its_midnight_in_UTC(string text, string? expected)
    {
        var parameters = Parameters("?from=" + text);

        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected), parameters.Moment("from"));
        Assert.Equal(expected is null ? 1 : 0, parameters.Faults.Count);
    }

    [Theory]
    [InlineData("%20apple%20", "apple")]
    [InlineData("0123456789", "0123456789")]
    [InlineData("01234567890", null)]
    [InlineData("%20%20", null)]
    [InlineData("", null)]
    [InlineData("a%0Ab", null)]
    public void A_text_is_trimmed_and_has_a_length_and_no_control_characters(string text, string? expected)
    {
        var parameters = Parameters("?q=" + text);

        Assert.Equal(expected, parameters.Text("q", 10));
        Assert.Equal(expected is null ? 1 : 0, parameters.Faults.Count);
    }

    [Fact]
    public void A_cursor_is_what_the_page_before_gave_and_nothing_else()
    {
        var page = Page.Of([1, 2, 3], 2, number => $"63899247600000000-{number}");

        Assert.Equal(2, page.Items.Count);
        Assert.Equal("2", Parameters("?cursor=" + page.Next).Cursor<HistoryCursor>(HistoryCursor.TryParse)?.InstanceId);
        foreach (var invented in (string[])["", "63899247600000000-2", "a", "____", page.Next + "A", new string('A', 404)])
        {
            var parameters = Parameters("?cursor=" + invented);
            Assert.Null(parameters.Cursor<HistoryCursor>(HistoryCursor.TryParse));
            Assert.Equal("must be the 'next' of the page before, unchanged", Assert.Single(parameters.Faults).Rule);
        }
    }

    [Fact]
    public void A_page_that_has_all_that_was_found_is_the_last() => Assert.Null(Page.Of([1, 2], 2, number => $"{number}").Next);

    private static QueryParameters Parameters(string query) => new(HttpUtility.ParseQueryString(query));

    private static string Faults(QueryParameters parameters) => string.Join(' ', parameters.Faults);
}
