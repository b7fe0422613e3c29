using System.Net;
using System.Text;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class MalformedRequestTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Theory]
    [InlineData("quotes/%20", "symbol")]
    [InlineData("quotes/A%2FBCD", "symbol")]
    [InlineData("quotes/..%5CAAPL", "symbol")]
    [InlineData("quotes/%F0%9F%98%80", "symbol")]
    [InlineData("quotes/AAPL?budget=soon", "budget")]
    [InlineData("quotes/AAPL?maxAge=-1", "maxAge")]
    [InlineData("quotes/AAPL?providers=yahoo", "providers")]
    [InlineData("quotes/AAPL?Budget=100&budget=200", "Budget")]
    [InlineData("quotes/AAPL?unknown=1", "unknown")]
    public async Task A_bad_request_names_the_parameter_the_value_and_the_rule(string path, string parameter)
    {
        var answer = await fixture.App.GetAsync(path);

        AssertRefused(answer, path);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("urn:quorum:problem:invalid-request", answer.Value("type"));
        var error = answer.Json["errors"]![0]!;
        Assert.Equal(parameter, error["parameter"]!.ToString(), ignoreCase: true);
        Assert.NotEmpty(error["rule"]!.ToString());
        Assert.Contains(error["rule"]!.ToString(), answer.Value("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_problem_names_at_most_20_faults_counts_the_others_and_cuts_long_names()
    {
        var query = string.Join('&', Enumerable.Range(0, 30).Select(number => $"p{number}{new string('x', 200)}=1"));

        var answer = await fixture.App.GetAsync($"venues?{query}");

        Assert.Equal((HttpStatusCode.BadRequest, "10"), (answer.Status, answer.Value("moreErrors")));
        var errors = answer.Json["errors"]!.AsArray();
        Assert.Equal(20, errors.Count);
        Assert.All(errors, error => Assert.Equal(65, error!["parameter"]!.ToString().Length));
        Assert.EndsWith("There are 10 more errors.", answer.Value("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_not_UTF_8_is_a_400_on_every_route()
    {
        string[] paths =
        [
            "quotes/%FF",
            "quotes/AAPL?currency=%FF",
            "quotes?symbols=AAPL,%C3",
            "quotes/%FF/history",
            "quotes/AAPL/history?cursor=%FF",
            "quotes/AAPL/history/%FF",
            "batches/%FF",
            "batches/%FF/items",
            "batches?cursor=%FF",
            "instruments?query=%E2%82",
            "instruments/%FF",
            "venues?%FF=1",
            "watchlist/%FF",
            "providers/%FF/timeline",
            "traces/%FF",
            "dead-letters?cursor=%uD800",
            "failed-orchestrations?x=%FF",
            "usage?x=%FF",
            "health/live?x=%FF",
            "console/%FF/app.js",
            "docs/%FF/docs.js",
            "nowhere/%FF",
            "../runtime/webhooks/durabletask/instances/%FF",
            "../runtime/webhooks/durabletask/instances?instanceIdPrefix=%FF",
        ];
        foreach (var path in paths)
        {
            var answer = await fixture.App.GetAsync(path);
            Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{path} -> {answer.Status} {answer.Text}");
            AssertRefused(answer, path);
        }
    }

    [Theory]
    [InlineData("POST", "/api/batches")]
    [InlineData("PUT", "/api/watchlist/AAPL")]
    [InlineData("POST", "/runtime/webhooks/durabletask/orchestrators/AggregateQuote")]
    public async Task A_body_that_is_not_UTF_8_is_a_400(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new ByteArrayContent([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']),
        };
        request.Content.Headers.ContentType = new("application/json");

        var answer = await fixture.App.SendAsync(request, CancellationToken.None);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        AssertRefused(answer, path);
    }

    /// <summary>Generated from a fixed seed: paths, methods, queries, headers and bodies, each wrong in one way.</summary>
    [Fact]
    public async Task Hundreds_of_malformed_requests_get_problem_documents_and_no_server_error()
    {
        var random = new Random(20261120);
        for (var i = 0; i < 400; i++)
        {
            using var request = Malformed(random);
            var what = $"{i}: {request.Method} {request.RequestUri}";
            AssertRefused(await fixture.App.SendAsync(request, CancellationToken.None), what);
        }
    }

    private static HttpRequestMessage Malformed(Random random)
    {
        const string Good = "/api/quotes/AAPL";
        return random.Next(9) switch
        {
            0 => Get(
                $"/api/quotes/{Escape(Pick("", " ", "-A", "A-", "A..", "A B", "A$", "Ä", "A:B:C", "A:XLO", ":XLON", "💣", "%", "A\nB", "<script>", "'--"), random)}"
            ),
            1 => Get($"/api/quotes/{new string('A', random.Next(16, 3000))}"),
            2 => Get($"{Good}?budget={Escape(Number(), random)}"),
            3 => Get(
                $"{Good}?maxAge={Escape(Pick("-1", "86401", "1.5", "1e3", "∞", "NaN", "null", " 5", "5s", "9".PadRight(random.Next(20, 200), '9')), random)}"
            ),
            4 => Get(
                $"{Good}?providers={Escape(Pick("", ",", "finnhub,,eodhd", "all", "FINNHUB,finnhub", "finnhub;eodhd", "../finnhub"), random)}"
            ),
            5 => Get(
                $"{Good}?{Pick("budget=100&budget=100", "maxAge=1&maxAge=2", "x=1", "symbol=AAPL", "=", "%3D=1", "maxage[]=5", "Providers=eodhd&providers=eodhd")}"
            ),
            6 => new HttpRequestMessage(
                Pick(HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch, new HttpMethod("BREW")),
                Good
            ),
            7 => Get(
                Pick(
                    "/api/quotes",
                    "/api/quotes/",
                    "/api/quotes/AAPL/history/x",
                    "/api/quote/AAPL",
                    "/quotes/AAPL",
                    "/api",
                    "/index.html",
                    "/api/health/dead",
                    "/favicon.ico"
                )
            ),
            _ => new HttpRequestMessage(HttpMethod.Get, Good)
            {
                Content = new StringContent(
                    Pick("x", "{}", "{\"symbol\":", "\0\u0001"),
                    Encoding.UTF8,
                    Pick("application/json", "text/plain")
                ),
            },
        };

        string Number() =>
            Pick(
                "49",
                "10001",
                "-200",
                "+200",
                "2e2",
                "0x64",
                "200.0",
                "",
                " ",
                "two",
                "1,000",
                "٢٠٠",
                "9".PadRight(random.Next(12, 300), '9')
            );
        T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
        static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);
    }

    /// <summary>As clients do; a lone percent sign stays, as careless ones leave it.</summary>
    private static string Escape(string text, Random random) =>
        text is "%" or "" || (random.Next(2) == 0 && text.All(char.IsAsciiLetterOrDigit)) ? text : Uri.EscapeDataString(text);

    private static void AssertRefused(Answer answer, string what)
    {
        Assert.True((int)answer.Status is >= 400 and < 500, $"{what} -> {answer.Status} {answer.Text}");
        Assert.True(
            answer.Header("Content-Type")?.StartsWith("application/problem+json", StringComparison.Ordinal),
            $"{what} -> {answer.Header("Content-Type")}"
        );
        Assert.Equal(((int)answer.Status).ToString(), answer.Value("status"));
        Assert.DoesNotContain("   at ", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", answer.Text, StringComparison.Ordinal);
    }
}
