using System.Text;
using System.Text.Json.Nodes;
using Quorum.Functions.Tests.OpenApi;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Compares answers of an app with what the document says of them, and notes which it has seen.</summary>
internal sealed class AnswerChecks(JsonNode document, RunningApp app, HashSet<string> given)
{
    public Task GetAsync(string template, string path, int status) => SendAsync("get", template, path, status);

    /// <param name="status">304 is asked for by an entity tag that fits everything.</param>
    public async Task SendAsync(
        string method,
        string template,
        string path,
        int status,
        string? body = null,
        string mediaType = "application/json",
        string? key = null
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), "/api/" + path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, mediaType),
        };
        if (key is not null)
        {
            request.Headers.Add("x-quorum-key", key);
        }

        if (status == 304)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        }

        var answer = await app.SendAsync(request, CancellationToken.None);
        given.Add($"{method} {template} {status}");

        Assert.True((int)answer.Status == status, $"{method} {path} -> {(int)answer.Status} {answer.Text}");
        var described = document["paths"]![template]![method]!["responses"]![$"{status}"];
        Assert.True(described is not null, $"{method} {template} does not say {status}.");
        Assert.All(
            described["headers"]?.AsObject().Select(header => header.Key) ?? [],
            name => Assert.True(answer.Header(name) is not null, $"{method} {path}: {name}")
        );
        if (described["content"] is not JsonObject content)
        {
            Assert.Empty(answer.Text);
            return;
        }

        var (contentType, form) = Assert.Single(content);
        Assert.StartsWith(contentType, answer.Header("Content-Type"), StringComparison.Ordinal);
        if (contentType == "text/html")
        {
            Assert.StartsWith("<!doctype html>", answer.Text, StringComparison.Ordinal);
            return;
        }

        var faults = SchemaCheck.FaultsOf(document, form!["schema"]!, answer.Json);
        Assert.True(faults.Count == 0, $"{method} {path}: {string.Join(Environment.NewLine, faults)}");
    }
}
