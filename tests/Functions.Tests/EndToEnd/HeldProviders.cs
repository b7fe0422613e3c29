using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Stands before the simulator, and holds the calls to chosen providers until they are let go.</summary>
internal sealed class HeldProviders : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Gate> _held = new(StringComparer.Ordinal);
    private readonly HttpClient _simulator;
    private readonly WebApplication _app;

    private HeldProviders(Uri simulator)
    {
        _simulator = new HttpClient { BaseAddress = simulator };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(PassAsync);
    }

    public Uri Address => new(_app.Urls.Single());

    public static async Task<HeldProviders> StartAsync(Uri simulator)
    {
        var held = new HeldProviders(simulator);
        await held._app.StartAsync();
        return held;
    }

    /// <summary>Holds the calls to these providers from now on.</summary>
    /// <returns>Completes when each of them was called.</returns>
    public Task HoldAsync(params IReadOnlyList<string> providers) =>
        Task.WhenAll(providers.Select(provider => _held.GetOrAdd(provider, _ => new Gate()).Called.Task));

    /// <summary>Lets the calls to these providers go, those that were held and those to come.</summary>
    public void LetGo(params ReadOnlySpan<string> providers)
    {
        foreach (var provider in providers)
        {
            if (_held.TryRemove(provider, out var held))
            {
                held.Opened.SetResult();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        LetGo([.. _held.Keys]);
        await _app.DisposeAsync();
        _simulator.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        var request = context.Request;
        if (_held.TryGetValue(request.Path.Value!.Split('/')[1], out var held)) // A path begins with a slash.
        {
            held.Called.TrySetResult();
            await held.Opened.Task.WaitAsync(context.RequestAborted);
        }

        using var onward = new HttpRequestMessage(HttpMethod.Get, request.Path.Value + request.QueryString.Value);
        foreach (var (name, value) in request.Headers.Where(header => !header.Key.Equals("Host", StringComparison.OrdinalIgnoreCase)))
        {
            onward.Headers.TryAddWithoutValidation(name, value.AsEnumerable());
        }

        using var response = await _simulator.SendAsync(onward, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        foreach (var encoding in response.Content.Headers.ContentEncoding)
        {
            context.Response.Headers.ContentEncoding = encoding;
        }

        if (context.Response.StatusCode != (int)HttpStatusCode.NoContent)
        {
            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private sealed class Gate
    {
        public TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
