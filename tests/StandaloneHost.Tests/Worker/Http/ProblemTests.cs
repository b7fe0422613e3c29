using System.Text.Json;
using Quorum.StandaloneHost.Hosting.Http;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

public sealed class ProblemTests
{
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [InlineData(408, 408, "Request Timeout", null)]
    [InlineData(413, 413, "Content Too Large", "The body must have no more than 512 bytes.")]
    [InlineData(
        503,
        503,
        "Service Unavailable",
        "The bodies of other requests use all of the memory for bodies. Nothing was accepted; send the request again."
    )]
    [InlineData(400, 400, "Bad Request", null)]
    [InlineData(431, 400, "Bad Request", null)]
    public void A_body_that_the_server_refused_has_its_own_problem(int refused, int status, string title, string? detail)
    {
        var problem = Problem.Rejected(refused, maxBody: 512);

        Assert.Equal((status, title, detail), (problem.Status, problem.Title, problem.Detail));
        Assert.Equal(status == 503 ? 1 : null, problem.RetryAfterSeconds);
    }

    [Fact]
    public void A_document_has_the_members_of_RFC_9457_and_the_trace_id()
    {
        var document = JsonElement.Parse(Problem.NoText.ToUtf8Json(TraceParent));

        Assert.Equal(["type", "title", "status", "detail", "traceId"], document.EnumerateObject().Select(member => member.Name));
        Assert.Equal("https://www.rfc-editor.org/rfc/rfc9110#section-15.5.1", document.GetProperty("type").GetString());
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", document.GetProperty("traceId").GetString());
    }

    [Fact]
    public void A_document_without_a_detail_has_no_such_member() =>
        Assert.False(JsonElement.Parse(Problem.Gone.ToUtf8Json(TraceParent)).TryGetProperty("detail", out _));
}
