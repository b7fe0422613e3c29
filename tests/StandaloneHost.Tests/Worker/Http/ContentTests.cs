using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.Tests.Worker.App;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

public sealed class ContentTests : IAsyncLifetime
{
    private RunningApp _app = null!; // set before each test

    public async Task InitializeAsync() =>
        _app = await RunningApp.StartAsync(
            typeof(HttpFunctions),
            app =>
            {
                app.Services.AddSingleton<Signals>();
                app.Configuration["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = "4000000";
            }
        );

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(3_000_000)]
    public async Task A_body_of_any_size_arrives_whole_and_goes_back_whole(int size)
    {
        var sent = new byte[size];
        new Random(size).NextBytes(sent);
        using var response = await _app.Client.PostAsync("api/echo", new ByteArrayContent(sent));
        Assert.Equal(sent, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(size, response.Content.Headers.ContentLength);
        Assert.Equal(size.ToString(), response.Headers.GetValues("X-Length").Single());
    }

    [Fact]
    public async Task A_chunked_body_is_read_like_one_with_a_Content_Length()
    {
        var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes("in chunks")));
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/echo") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        using var response = await _app.Client.SendAsync(request);
        Assert.Equal("in chunks", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_function_sees_address_headers_and_cookies_as_they_were_sent()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/echo?q=%C3%A9%26x&r=1+2");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("tests", "1.0"));
        request.Headers.Add("Cookie", "a=1; b=x=y");
        using var response = await _app.Client.SendAsync(request);
        Assert.Equal($"{_app.Address.AbsoluteUri}api/echo?q=%C3%A9%26x&r=1+2", response.Headers.GetValues("X-Url").Single());
        Assert.Equal("tests/1.0", response.Headers.GetValues("X-Agent").Single());
        Assert.Equal("a:1;b:x=y", response.Headers.GetValues("X-Cookies").Single());
        Assert.Equal("seen=a%20b; max-age=60; path=/; samesite=lax; httponly", response.Headers.GetValues("Set-Cookie").Single());
    }

    [Theory]
    [InlineData("a=1;b=2", "a:1;b:2")]
    [InlineData(" a = 1 ;; b=x=y; ", "a:1;b:x=y")]
    [InlineData("flag; empty=", "flag:;empty:")]
    [InlineData("a=%20; a=2", "a:%20;a:2")] // as they were sent: not unescaped, and none is left out
    public async Task Cookies_are_read_one_by_one_however_they_are_written(string header, string expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/echo");
        request.Headers.TryAddWithoutValidation("Cookie", header);
        using var response = await _app.Client.SendAsync(request);
        Assert.Equal(expected, response.Headers.GetValues("X-Cookies").Single());
    }

    [Theory]
    [InlineData("seekable", 100_000L)]
    [InlineData("forward", null)]
    public async Task A_stream_of_the_functions_own_is_sent_with_its_length_where_it_has_one(string kind, long? length)
    {
        using var response = await _app.Client.GetAsync($"api/stream/{kind}", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(length, response.Content.Headers.ContentLength);
        Assert.Equal(new string('x', 100_000), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_stream_that_breaks_breaks_the_answer_so_that_it_does_not_look_complete()
    {
        using var response = await _app.Client.GetAsync("api/stream/broken", HttpCompletionOption.ResponseHeadersRead);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync());
        Assert.Contains(_app.Logs.Collector.GetSnapshot(), entry => entry.Exception is IOException { Message: "the source broke" });
    }

    [Fact]
    public async Task A_function_that_returns_nothing_answers_204()
    {
        using var response = await _app.Client.DeleteAsync("api/items/3");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Fact]
    public async Task A_status_that_has_no_body_goes_out_without_one()
    {
        using var response = await _app.Client.GetAsync("api/unchanged");
        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
        Assert.Equal("\"1\"", response.Headers.ETag?.Tag);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_head_request_gets_the_length_and_not_the_body()
    {
        using var response = await _app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "api/headed"));
        Assert.Equal(12, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Requests_on_one_connection_do_not_see_each_other()
    {
        for (var i = 0; i < 50; i++)
        {
            using var response = await _app.Client.PostAsync("api/echo", new StringContent(new string((char)('a' + (i % 26)), i * 100)));
            Assert.Equal(new string((char)('a' + (i % 26)), i * 100), await response.Content.ReadAsStringAsync());
        }
    }
}
