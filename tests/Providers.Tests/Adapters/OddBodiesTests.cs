using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>Bodies that any server may send.</summary>
public class OddBodiesTests
{
    public static TheoryData<string> Providers => Successes.Providers;

    private static AttemptResult Judge(string provider, int status, string body) =>
        new RecordedAnswer(status, body).Judge(Listings.Aapl(Successes.Parse(provider)));

    [Theory, MemberData(nameof(Providers))]
    public void An_answer_cut_off_anywhere_is_malformed(string provider)
    {
        var body = Successes.Of(Successes.Parse(provider));

        for (var length = 0; length < body.Length; length++)
        {
            Assert.Equal((length, FetchStatus.MalformedResponse), (length, Judge(provider, 200, body[..length]).Status));
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public void What_is_no_quote_is_malformed(string provider)
    {
        string[] bodies =
        [
            "",
            " ",
            "null",
            "true",
            "42",
            "\"\"",
            "[]",
            "[1,2,3]",
            "<html><body>Welcome</body></html>",
            "<!DOCTYPE html><title>Just a moment...</title>",
            "OK",
            "\0\0\0\0",
            "\u001f\u008b",
            "{\"a\":",
            "{]",
            "{\"a\":1}{\"b\":2}",
            "symbol,price\nAAPL,214.29\n",
            "{\"weather\":{\"today\":\"fine\"}}",
            string.Concat(Enumerable.Repeat("[", 5000)),
            Successes.Of(Successes.Parse(provider)) + "}",
            Successes.Of(Successes.Parse(provider)) + "x",
        ];

        foreach (var body in bodies)
        {
            Assert.Equal((body, FetchStatus.MalformedResponse), (body, Judge(provider, 200, body).Status));
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public void A_server_fault_is_one_whatever_the_body(string provider)
    {
        foreach (var status in (int[])[500, 502, 503, 504, 520, 599])
        {
            Assert.Equal(FetchStatus.ServerError, Judge(provider, status, Successes.Of(Successes.Parse(provider))).Status);
            Assert.Equal(FetchStatus.ServerError, Judge(provider, status, "{\"error\":\"Invalid API key\"}").Status);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public void A_redirect_is_not_followed_and_is_malformed(string provider)
    {
        foreach (var status in (int[])[301, 302, 303, 304, 307, 308])
        {
            Assert.Equal(FetchStatus.MalformedResponse, Judge(provider, status, "").Status);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public void Bare_statuses_speak_for_themselves(string provider)
    {
        Assert.Equal(FetchStatus.InvalidKey, Judge(provider, 401, "").Status);
        Assert.Equal(FetchStatus.RateLimited, Judge(provider, 429, "").Status);
        Assert.Equal(FetchStatus.BadRequest, Judge(provider, 400, "").Status);
        Assert.Equal(FetchStatus.MalformedResponse, Judge(provider, 404, "404 page not found").Status);
        Assert.Equal(FetchStatus.MalformedResponse, Judge(provider, 404, "<html>Not Found</html>").Status);
        Assert.Equal(FetchStatus.MalformedResponse, Judge(provider, 204, "").Status);
    }

    [Theory, MemberData(nameof(Providers))]
    public void A_byte_order_mark_white_space_and_unknown_fields_change_nothing(string provider)
    {
        var body = Successes.Of(Successes.Parse(provider));
        var expected = Judge(provider, 200, body);
        Assert.Equal((FetchStatus.Ok, 214.29m), (expected.Status, expected.Quote!.Price));

        foreach (var same in (string[])["\uFEFF" + body, "\r\n\t " + body + "\r\n", body[..^1] + ",\"zz\":{\"y\":[1,{\"x\":null}]}}"])
        {
            Assert.Equal(expected, Judge(provider, 200, same));
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public void Numbers_may_be_strings_and_strings_numbers(string provider)
    {
        var body = Successes.Of(Successes.Parse(provider));
        var expected = Judge(provider, 200, body);

        Assert.Equal(expected, Judge(provider, 200, body.Replace("\"214.2900\"", "214.2900").Replace("\"214.29\"", "214.29")));
        Assert.Equal(expected, Judge(provider, 200, body.Replace(":214.29,", ":\"2.1429E2\",").Replace("\"214.29\"", "\" 214.29 \"")));
    }

    [Theory, MemberData(nameof(Providers))]
    public void A_price_that_is_no_number_is_malformed_and_one_that_is_missing_is_no_price(string provider)
    {
        foreach (var garbage in (string[])["true", "{}", "[214.29]", "\"two hundred\"", "\"214,29\"", "1e400", "\"Infinity\""])
        {
            Assert.Equal((garbage, FetchStatus.MalformedResponse), (garbage, Judge(provider, 200, WithPrice(provider, garbage)).Status));
        }

        foreach (
            var missing in (string[])
                [
                    "null",
                    "\"\"",
                    "\" \"",
                    "\"NA\"",
                    "\"N/A\"",
                    "\"n/a\"",
                    "\"None\"",
                    "\"null\"",
                    "\"-\"",
                    "\"--\"",
                    "\"NaN\"",
                    "\"nan\"",
                    "\"NaN%\"",
                    "0",
                    "0.000",
                    "-214.29",
                ]
        )
        {
            var result = Judge(provider, 200, WithPrice(provider, missing));
            Assert.Equal(
                (missing, FetchStatus.NoPrice, null, 216m),
                (missing, result.Status, result.Quote?.Price, result.Quote?.PreviousClose)
            );
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public void Any_other_field_that_cannot_be_read_costs_only_itself(string provider)
    {
        var body = Successes.Of(Successes.Parse(provider));
        foreach (var garbage in (string[])["true", "{}", "[1]", "\"lots\"", "1e400", "\"None\"", "null", "0"])
        {
            var result = Judge(
                provider,
                200,
                body.Replace("215.80000", "215.8").Replace("215.8000", "215.8").Replace("\"215.8\"", "215.8").Replace("215.8", garbage)
            );
            Assert.Equal((garbage, FetchStatus.Ok, 214.29m, null), (garbage, result.Status, result.Quote?.Price, result.Quote?.Open));
        }
    }

    private static string WithPrice(string provider, string price)
    {
        var body = Successes.Of(Successes.Parse(provider)).Replace("\"214.2900\"", "214.29").Replace("\"214.29\"", "214.29");
        return body.Replace("214.31", "0").Replace("214.29", price);
    }
}
