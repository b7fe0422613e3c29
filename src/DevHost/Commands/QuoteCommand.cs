using System.Buffers;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Quorum.DevHost.App;
using Quorum.DevHost.CommandLine;
using Quorum.DevHost.Quotes;
using Quorum.LocalServices;

namespace Quorum.DevHost.Commands;

/// <param name="Symbol">The symbol as the user wrote it.</param>
/// <param name="Budget">The budget in milliseconds. Generous by default, so that a cold start does not matter.</param>
/// <param name="Providers">Comma-separated ids; <see langword="null"/> for all.</param>
/// <param name="Agree">The number of providers that must agree, or <c>all</c>; <see langword="null"/> for the instance's default.</param>
/// <param name="Currency">The currency of the prices, ISO 4217 or a minor unit; <see langword="null"/> for the instrument's own.</param>
/// <param name="Json">True to print the whole answer.</param>
/// <param name="Server">The instance to ask; <see langword="null"/> to start one.</param>
internal sealed record QuoteArguments(
    string Symbol,
    int Budget,
    string? Providers,
    string? Agree,
    string? Currency,
    bool Json,
    RunningServer? Server
);

/// <summary><c>quote SYMBOL</c>: requests one quote and prints it.</summary>
internal static class QuoteCommand
{
    public static async Task<int> RunAsync(QuoteArguments arguments, StackOptions options, CancellationToken cancellationToken)
    {
        if (arguments.Server is { } running)
        {
            return await PrintAsync(arguments, running, logs: null, cancellationToken);
        }

        await using var stack = await LocalStack.StartAsync(
            new LocalStackRequest(FreePort.Find(), options, "quote", ThrowawayData: true),
            Say,
            cancellationToken
        );
        await stack.SendFirstQuoteAsync(cancellationToken);
        return await PrintAsync(arguments, new RunningServer(new Uri(stack.Address), Key: null), stack.Logs, cancellationToken);
    }

    private static async Task<int> PrintAsync(
        QuoteArguments arguments,
        RunningServer server,
        string? logs,
        CancellationToken cancellationToken
    )
    {
        using var response = await AskAsync(arguments, server, logs, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            Say(Explain(response.StatusCode, body));
            return ExitCode.Failure;
        }

        if (arguments.Json)
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(server.Read(() => Indented(body)), cancellationToken);
        }
        else
        {
            await Console.Out.WriteAsync(server.Read(() => QuoteText.Of(body)));
        }

        return ExitCode.Success;
    }

    /// <summary>Sends one request for a quote that bypasses all caches.</summary>
    /// <param name="arguments">The quote.</param>
    /// <param name="server">The instance.</param>
    /// <param name="logs">The folder to name when the instance does not answer; <see langword="null"/> when its logs are elsewhere.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="LocalServiceException">The instance does not answer.</exception>
    internal static async Task<HttpResponseMessage> AskAsync(
        QuoteArguments arguments,
        RunningServer server,
        string? logs,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(arguments));
        var timeout = TimeSpan.FromMilliseconds(arguments.Budget) + TimeSpan.FromSeconds(30);
        return await server.SendAsync(request, timeout, logs, cancellationToken);
    }

    private static Uri Address(QuoteArguments arguments)
    {
        var query =
            $"budget={arguments.Budget}&maxAge=0"
            + (arguments.Providers is { } providers ? $"&providers={Uri.EscapeDataString(providers)}" : "")
            + (arguments.Agree is { } agree ? $"&agree={agree}" : "")
            + (arguments.Currency is { } currency ? $"&currency={Uri.EscapeDataString(currency)}" : "");
        return new Uri($"/api/quotes/{Uri.EscapeDataString(arguments.Symbol)}?{query}", UriKind.Relative);
    }

    /// <summary>Returns the answer as indented JSON for a terminal, in UTF-8.</summary>
    internal static ReadOnlyMemory<byte> Indented(ReadOnlyMemory<byte> json)
    {
        var pretty = new JsonWriterOptions
        {
            Indented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for a terminal, not for HTML
        };
        var text = new ArrayBufferWriter<byte>(json.Length * 2);
        using (var document = JsonDocument.Parse(json))
        using (var writer = new Utf8JsonWriter(text, pretty))
        {
            document.WriteTo(writer);
        }

        text.Write("\n"u8);
        return text.WrittenMemory;
    }

    /// <summary>Returns the text of a problem document, of a 202, or of any other answer.</summary>
    internal static string Explain(HttpStatusCode status, ReadOnlyMemory<byte> body)
    {
        if (status == HttpStatusCode.Accepted)
        {
            return "No provider answered within the budget, and nothing is stored; the app is still asking for the quote. Try a larger --budget.";
        }

        try
        {
            using var problem = JsonDocument.Parse(body);
            var title = Text(problem.RootElement, "title")?.TrimEnd('.') ?? status.ToString();
            return Text(problem.RootElement, "detail") is { } detail ? $"{title}: {detail}" : $"{title} (status {(int)status})";
        }
        catch (JsonException)
        {
            return $"{status} (status {(int)status})";
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static void Say(string text) => Console.Error.WriteLine(text);
}
