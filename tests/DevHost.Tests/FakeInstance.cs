using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Quorum.Providers.Tests;

namespace Quorum.DevHost.Tests;

/// <summary>A request as it arrived.</summary>
/// <param name="Line">Method, path and query.</param>
/// <param name="Key">The header x-functions-key; <see langword="null"/> for none.</param>
/// <param name="ConsumerKey">The header x-quorum-key; <see langword="null"/> for none.</param>
/// <param name="Body">The body; empty for none.</param>
internal sealed record ReceivedRequest(string Line, string? Key, string? ConsumerKey, string Body);

/// <summary>A server on a free port that answers as the test says, in the place of a running instance. Any other request gets a 501, and
/// fails the test when this is disposed.</summary>
internal sealed class FakeInstance : IAsyncDisposable
{
    private readonly HttpStandIn _server;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, Task>>> _answers = new(StringComparer.Ordinal);

    private readonly ConcurrentQueue<string> _unexpected = [];

    private FakeInstance(HttpStandIn server)
    {
        _server = server;
        server.Answer = AnswerAsync;
    }

    public string Address => _server.Address;

    public ConcurrentQueue<ReceivedRequest> Requests { get; } = [];

    public IEnumerable<string> Lines => Requests.Select(request => request.Line);

    public static async Task<FakeInstance> StartAsync() => new(await HttpStandIn.StartAsync(static _ => Task.CompletedTask));

    /// <summary>
    /// Adds an answer to requests whose method and target begin so, where * stands for one part of the path. Several are given in turn, and
    /// the last one again.
    /// </summary>
    public FakeInstance On(string start, int status, string body, params (string Name, string Value)[] headers) =>
        On(
            start,
            context =>
            {
                context.Response.StatusCode = status;
                foreach (var (name, value) in headers)
                {
                    context.Response.Headers[name] = value;
                }

                return context.Response.WriteAsync(body);
            }
        );

    public FakeInstance On(string start, Func<HttpContext, Task> answer)
    {
        _answers.GetOrAdd(start, _ => []).Enqueue(answer);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Assert.Empty(_unexpected);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var line = $"{context.Request.Method} {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}";
        Requests.Enqueue(
            new ReceivedRequest(
                line,
                Header("x-functions-key"),
                Header("x-quorum-key"),
                await reader.ReadToEndAsync(context.RequestAborted)
            )
        );
        var registered = _answers
            .Where(answer => Regex.IsMatch(line, "^" + Regex.Escape(answer.Key).Replace(@"\*", "[^/?]+", StringComparison.Ordinal)))
            .MaxBy(answer => answer.Key.Length)
            .Value;
        if (registered is { Count: > 1 } ? registered.TryDequeue(out var next) : (registered ?? []).TryPeek(out next))
        {
            await next(context);
        }
        else
        {
            _unexpected.Enqueue(line);
            context.Response.StatusCode = StatusCodes.Status501NotImplemented;
        }

        string? Header(string name) => context.Request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
    }
}
