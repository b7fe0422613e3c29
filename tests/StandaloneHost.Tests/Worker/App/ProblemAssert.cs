using System.Net;
using System.Text.Json;

namespace Quorum.StandaloneHost.Tests.Worker.App;

/// <summary>Checks the problem documents of the host.</summary>
internal static class ProblemAssert
{
    public static async Task<JsonElement> IsAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        return Is(await response.Content.ReadAsStringAsync(), (int)status);
    }

    public static JsonElement Is(string body, int status)
    {
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString() ?? "");
        Assert.StartsWith("https://", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("traceId").GetString());
        Assert.DoesNotContain(" at ", body, StringComparison.Ordinal);
        return problem;
    }
}
