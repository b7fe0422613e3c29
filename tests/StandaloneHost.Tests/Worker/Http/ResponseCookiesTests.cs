using Microsoft.Azure.Functions.Worker.Http;
using Quorum.StandaloneHost.Hosting.Http;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

/// <summary>A function's cookies as <c>Set-Cookie</c> values (RFC 6265).</summary>
public sealed class ResponseCookiesTests
{
    [Fact]
    public void A_name_and_a_value_are_a_cookie_of_the_session_with_the_value_escaped()
    {
        var cookies = new ResponseCookies();
        cookies.Append("a", "1; Path=/, ü\r\n");

        Assert.Equal(["a=1%3B%20Path%3D%2F%2C%20%C3%BC%0D%0A"], cookies.Values);
    }

    [Fact]
    public void Each_attribute_that_is_set_is_sent()
    {
        var cookies = new ResponseCookies();
        cookies.Append(
            new HttpCookie("a", "1")
            {
                Domain = "example.com",
                Path = "/api",
                Expires = DateTimeOffset.Parse("2026-11-20T12:00:00+02:00"),
                MaxAge = 0,
                HttpOnly = true,
                Secure = true,
                SameSite = SameSite.Strict,
            }
        );

        Assert.Equal(
            ["a=1; expires=Fri, 20 Nov 2026 10:00:00 GMT; max-age=0; domain=example.com; path=/api; secure; samesite=strict; httponly"],
            cookies.Values
        );
    }

    [Theory]
    [InlineData(SameSite.None, "a=1")] // not set: the browser's default holds
    [InlineData(SameSite.Lax, "a=1; samesite=lax")]
    [InlineData(SameSite.Strict, "a=1; samesite=strict")]
    [InlineData(SameSite.ExplicitNone, "a=1; samesite=none")]
    public void Same_site_is_sent_as_the_function_set_it(SameSite sameSite, string expected)
    {
        var cookies = new ResponseCookies();
        cookies.Append(new HttpCookie("a", "1") { SameSite = sameSite });

        Assert.Equal([expected], cookies.Values);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a=b")]
    [InlineData("a\r\nSet-Cookie: b")]
    public void A_name_that_is_no_token_is_refused(string name)
    {
        var cookies = new ResponseCookies();

        Assert.ThrowsAny<ArgumentException>(() => cookies.Append(name, "1"));
        Assert.Empty(cookies.Values);
    }

    [Fact]
    public void Several_cookies_keep_their_order()
    {
        var cookies = new ResponseCookies();
        cookies.Append("a", "1");
        cookies.Append("b", "2");
        cookies.Append("a", "3");

        Assert.Equal(["a=1", "b=2", "a=3"], cookies.Values);
    }
}
