using System.Text;
using Quorum.Functions.Pages;

namespace Quorum.Functions.Tests.Pages;

public sealed class PageFileTests
{
    [Theory]
    [InlineData("index.html", "text/html; charset=utf-8")]
    [InlineData("style.css", "text/css; charset=utf-8")]
    [InlineData("a.b.js", "text/javascript; charset=utf-8")]
    public void A_file_is_served_under_its_type_and_is_whole_without_gzip(string name, string contentType)
    {
        var file = PageFile.Of(name, "content é"u8);

        Assert.Equal(contentType, file.ContentType);
        Assert.Equal("content é", Encoding.UTF8.GetString(file.Unzipped()));
        Assert.Equal(file.Hash, PageFile.OfGzip("other.js", file.Gzipped.ToArray()).Hash);
    }

    [Fact]
    public void Other_files_belong_to_no_page() =>
        Assert.Equal("A page has .html, .css and .js files; got '.png'.", Refusal().Message[..^" (Parameter 'name')".Length]);

    [Fact]
    public void The_address_of_the_assets_changes_with_any_of_them()
    {
        var one = WebPage.Load("no-such-page", ("a.js", PageFile.Of("a.js", "1"u8)), ("b.js", PageFile.Of("b.js", "2"u8)));
        var same = WebPage.Load("no-such-page", ("b.js", PageFile.Of("b.js", "2"u8)), ("a.js", PageFile.Of("a.js", "1"u8)));
        var swapped = WebPage.Load("no-such-page", ("a.js", PageFile.Of("a.js", "2"u8)), ("b.js", PageFile.Of("b.js", "1"u8)));

        Assert.Equal(one.Version, same.Version);
        Assert.NotEqual(one.Version, swapped.Version);
        Assert.Equal(["a.js", "b.js"], one.Assets.Keys.Order(StringComparer.Ordinal));
    }

    private static ArgumentException Refusal() => Assert.Throws<ArgumentException>(() => PageFile.Of("logo.png", []));
}
