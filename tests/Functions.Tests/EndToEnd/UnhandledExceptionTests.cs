using System.Net;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Faults that no function expects: a table of the app is gone.</summary>
public sealed class UnhandledExceptionTests : IAsyncLifetime
{
    private TestDatabase _database = null!; // Set before each test.
    private RunningSimulator _simulator = null!; // Set before each test.

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _simulator = await RunningSimulator.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _simulator.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "watchlist", null)]
    [InlineData("POST", "batches", """{"symbols":["AAPL"]}""")]
    public async Task The_caller_of_a_function_that_throws_gets_a_problem_document_without_the_exception(
        string method,
        string path,
        string? body
    )
    {
        await using var app = await RunningApp.StartAsync(_database, _simulator.Address);
        await _database.ExecuteAsync("drop table quorum.watchlist cascade; drop table quorum.batches cascade;");

        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(app.Address, $"api/{path}"));
        request.Content = body is null ? null : new StringContent(body, null, "application/json");
        var answer = await app.SendAsync(request, CancellationToken.None);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Equal("application/problem+json; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal("urn:quorum:problem:internal-error", answer.Value("type"));
        Assert.Matches("^[0-9a-f]{32}$", answer.Value("traceId"));
        Assert.DoesNotMatch("watchlist|batches|42P01|Npgsql| at ", answer.Text);
    }
}
