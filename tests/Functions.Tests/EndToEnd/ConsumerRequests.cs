using System.Net;
using System.Text;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Requests with the keys of consumers, and the app that they are sent to.</summary>
internal static class ConsumerRequests
{
    public const string Master = "a-master-key-of-the-tests",
        Function = "a-function-key-of-the-tests";

    public static (string, string) FunctionKey => ("x-functions-key", Function);

    /// <summary>Starts an app that requires keys.</summary>
    public static Task<RunningApp> StartWithKeysAsync(TestDatabase database, QuorumFixture fixture, params string[] settings) =>
        RunningApp.StartAsync(
            database,
            fixture.Simulator.Address,
            [
                "Functions:Authorization:Enabled=true",
                $"Functions:Keys:Master={Master}",
                $"Functions:Keys:Function:test={Function}",
                .. settings,
            ]
        );

    /// <summary>Creates a consumer.</summary>
    /// <returns>Its key.</returns>
    public static async Task<string> CreateAsync(RunningApp app, string body, string? key = null)
    {
        var created = await PostAsync(app, body, key);
        Assert.Equal(HttpStatusCode.Created, created.Status);
        return created.Value("key")!; // Of every 201.
    }

    public static async Task<Answer> PostAsync(RunningApp app, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/consumers")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        return await app.SendAsync(request, CancellationToken.None);
    }

    public static async Task<Answer> BatchAsync(RunningApp app, string key, string body = """{"symbols":["AAPL"]}""")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/batches")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("x-functions-key", Function);
        request.Headers.Add("x-quorum-key", key);
        return await app.SendAsync(request, CancellationToken.None);
    }
}
