using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Quorum.Functions.Pages;

/// <summary>A page and its assets, all in the assembly. The assets' addresses hold the hash of all of them, so that a browser may keep them
/// for ever and never mixes two versions.</summary>
internal sealed class WebPage
{
    private const string AssetsPlace = "{assets}";

    private readonly FrozenDictionary<string, PageFile> _assets;

    /// <param name="html">The page. <c>{assets}</c> in it becomes the path of the assets, relative to the page's.</param>
    /// <param name="path">The page's path below the prefix: one segment.</param>
    /// <param name="assets">By name.</param>
    private WebPage(string html, string path, IReadOnlyDictionary<string, PageFile> assets)
    {
        Path = path;
        _assets = assets.ToFrozenDictionary(StringComparer.Ordinal);
        var hashes = string.Concat(
            assets.OrderBy(asset => asset.Key, StringComparer.Ordinal).Select(asset => $"{asset.Key} {asset.Value.Hash}\n")
        );
        Version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hashes)).AsSpan(0, 8));
        Html = PageFile.Of(".html", Encoding.UTF8.GetBytes(html.Replace(AssetsPlace, $"{path}/{Version}", StringComparison.Ordinal)));
    }

    /// <summary>The path below the route prefix.</summary>
    public string Path { get; }

    public PageFile Html { get; }

    /// <summary>The hash of all assets.</summary>
    public string Version { get; }

    /// <summary>All assets, by name.</summary>
    public IReadOnlyDictionary<string, PageFile> Assets => _assets;

    /// <summary>Reads a page from the resources of this assembly whose names begin with its path and a slash; one of them is
    /// <c>index.html</c>.</summary>
    /// <param name="path">The page's path below the prefix: one segment.</param>
    /// <param name="others">Assets from elsewhere, by name.</param>
    public static WebPage Load(string path, params IEnumerable<(string Name, PageFile File)> others)
    {
        const string Index = "index.html";
        var assembly = typeof(WebPage).Assembly;
        var files = others.ToDictionary(other => other.Name, other => other.File, StringComparer.Ordinal);
        var html = "";
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(path + "/", StringComparison.Ordinal)))
        {
            using var content = new MemoryStream();
            using (var stream = assembly.GetManifestResourceStream(resource)!) // It is one of the names.
            {
                stream.CopyTo(content);
            }

            var name = resource[(path.Length + 1)..];
            if (name == Index)
            {
                html = Encoding.UTF8.GetString(content.ToArray());
            }
            else
            {
                files.Add(name, PageFile.Of(name, content.ToArray()));
            }
        }

        return new WebPage(html, path, files);
    }
}
