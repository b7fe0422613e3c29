using System.Net.Http.Json;
using System.Text.Json;
using Quorum.DevHost.App;
using Quorum.DevHost.CommandLine;
using Quorum.DevHost.Consumers;
using Quorum.LocalServices;

namespace Quorum.DevHost.Commands;

/// <summary>A consumer to create.</summary>
/// <param name="Name">Its name.</param>
/// <param name="PerSecond">Provider calls allowed in a second; <see langword="null"/> for no limit.</param>
/// <param name="PerMinute">Provider calls allowed in a minute; <see langword="null"/> for no limit.</param>
/// <param name="PerDay">Provider calls allowed in a UTC day; <see langword="null"/> for no limit.</param>
/// <param name="Providers">Comma-separated ids; <see langword="null"/> for all.</param>
internal sealed record NewConsumerArguments(string Name, int? PerSecond, int? PerMinute, int? PerDay, string? Providers);

/// <summary><c>keys create|list|revoke</c>: the consumers of an instance and their keys. Needs the instance's master key.</summary>
internal static class KeysCommand
{
    /// <summary>Creates a consumer and prints its key, alone on standard output.</summary>
    public static Task<int> CreateAsync(
        NewConsumerArguments arguments,
        RunningServer? server,
        StackOptions options,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            async (instance, logs) =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/api/consumers")
                {
                    Content = JsonContent.Create(Body(arguments)),
                };
                using var answer = await SendAsync(instance, request, logs, cancellationToken);
                var key = instance.Read(() => answer.RootElement.GetProperty("key").GetString());
                Say($"Consumer {arguments.Name} is created. Its key, for the header x-quorum-key, is shown only here:");
                await Console.Out.WriteLineAsync(key);
                Say(await WithoutKeyAsync(instance, logs, cancellationToken));
            },
            server,
            options,
            cancellationToken
        );

    /// <summary>Prints a line for each consumer, without its key.</summary>
    public static Task<int> ListAsync(RunningServer? server, StackOptions options, CancellationToken cancellationToken) =>
        RunAsync(
            async (instance, logs) =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/api/consumers");
                using var answer = await SendAsync(instance, request, logs, cancellationToken);
                foreach (var line in instance.Read(() => ConsumerText.Lines(answer.RootElement).ToList()))
                {
                    await Console.Out.WriteLineAsync(line);
                }
            },
            server,
            options,
            cancellationToken
        );

    /// <summary>Revokes a consumer's key.</summary>
    public static Task<int> RevokeAsync(string name, RunningServer? server, StackOptions options, CancellationToken cancellationToken) =>
        RunAsync(
            async (instance, logs) =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/consumers/{Uri.EscapeDataString(name)}");
                using var _ = await SendAsync(instance, request, logs, cancellationToken);
                Say($"The key of consumer {name} is revoked.");
            },
            server,
            options,
            cancellationToken
        );

    /// <summary>The effect of consumers on callers without a key, which the instance knows: in development it admits them. The key is
    /// created, so an instance that does not answer now is no failure.</summary>
    private static async Task<string> WithoutKeyAsync(RunningServer server, string? logs, CancellationToken cancellationToken)
    {
        const string admitted =
                "Callers without a key are still served: this instance runs in development, where they count as the master key.",
            needed =
                "Requests for data now need a consumer's key in x-quorum-key beside the function key, or the master key; others get a 401.";
        using var request = new HttpRequestMessage(HttpMethod.Head, "/api/usage");
        var anyone = server with { Key = null, ConsumerKey = null };
        try
        {
            using var response = await anyone.SendAsync(request, TimeSpan.FromSeconds(30), logs, cancellationToken);
            return response.IsSuccessStatusCode ? admitted : needed;
        }
        catch (LocalServiceException exception)
        {
            return $"Whether callers without a key are still served could not be found out: {exception.Message}";
        }
    }

    private static async Task<int> RunAsync(
        Func<RunningServer, string?, Task> work,
        RunningServer? server,
        StackOptions options,
        CancellationToken cancellationToken
    )
    {
        if (server is not null)
        {
            await work(server, null);
            return ExitCode.Success;
        }

        await using var stack = await LocalStack.StartAsync(
            new LocalStackRequest(FreePort.Find(), options, "keys", ThrowawayData: false), // keys are created to be kept
            Say,
            cancellationToken
        );
        await work(new RunningServer(new Uri(stack.Address), Key: null), stack.Logs);
        return ExitCode.Success;
    }

    /// <summary>Sends a request, and returns the answer of one that succeeded.</summary>
    /// <exception cref="LocalServiceException">The instance rejects the request or does not answer.</exception>
    private static async Task<JsonDocument> SendAsync(
        RunningServer server,
        HttpRequestMessage request,
        string? logs,
        CancellationToken cancellationToken
    )
    {
        using var response = await server.SendAsync(request, TimeSpan.FromSeconds(30), logs, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new LocalServiceException(QuoteCommand.Explain(response.StatusCode, body));
        }

        return server.Read(() => JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body));
    }

    private static Dictionary<string, object> Body(NewConsumerArguments arguments)
    {
        var body = new Dictionary<string, object> { ["name"] = arguments.Name };
        Add("perSecond", arguments.PerSecond);
        Add("perMinute", arguments.PerMinute);
        Add("perDay", arguments.PerDay);
        Add("providers", arguments.Providers?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return body;

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                body[name] = value;
            }
        }
    }

    private static void Say(string text) => Console.Error.WriteLine(text);
}
