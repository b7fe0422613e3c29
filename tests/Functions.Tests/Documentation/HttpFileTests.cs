using System.Text.RegularExpressions;
using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Tests.Documentation;

public sealed class HttpFileTests
{
    [Fact]
    public void The_http_file_has_every_call_of_the_api()
    {
        var file = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "quorum.http"));
        var calls = Regex
            .Matches(
                file,
                "^(?<method>GET|POST|PUT|DELETE) {{base}}/api(?<path>[^?\\s]*)",
                RegexOptions.Multiline | RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(1)
            )
            .Select(call => (Method: call.Groups["method"].Value.ToLowerInvariant(), Path: call.Groups["path"].Value))
            .ToList();
        var described = System.Text.Json.Nodes.JsonNode.Parse(OpenApiDocument.Utf8.Span)!["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject(), (path, operation) => (Method: operation.Key, Path: path.Key));

        Assert.All(
            described,
            operation =>
            {
                var pattern =
                    "^"
                    + Regex.Replace(
                        operation.Path.Replace(".", "\\.", StringComparison.Ordinal),
                        @"\{\w+\}",
                        "[^/]+",
                        RegexOptions.None,
                        TimeSpan.FromSeconds(1)
                    )
                    + "$";
                Assert.Contains(
                    calls,
                    call => call.Method == operation.Method && Regex.IsMatch(call.Path, pattern, RegexOptions.None, TimeSpan.FromSeconds(1))
                );
            }
        );
    }
}
