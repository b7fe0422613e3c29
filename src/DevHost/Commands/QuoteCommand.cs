using System.Buffers;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Quorum.DevHost.App;
using Quorum.DevHost.CommandLine;
using Quorum.LocalServices;

namespace Quorum.DevHost.Commands;

/// <summary><c>quote SYMBOL</c>: starts everything on free ports, asks once, prints the answer, stops everything.</summary>
internal static class QuoteCommand
{
    public static async Task<int> RunAsync(DevHostArguments arguments, CancellationToken cancellationToken)
    {
        await using var stack = await LocalStack.StartAsync(
            FreePort.Find(), arguments.DataFolder, throwawayData: true, withQueues: false, Say, cancellationToken);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromMilliseconds(arguments.Budget) + TimeSpan.FromSeconds(30) };
        using var response = await AskAsync(client, stack, arguments, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            await PrintAsync(body, cancellationToken);
            return ExitCode.Success;
        }
        Say(Explain(response.StatusCode, body));
        return ExitCode.Failure;
    }

    private static async Task<HttpResponseMessage> AskAsync(
        HttpClient client, LocalStack stack, DevHostArguments arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync(Address(stack, arguments), cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException || !cancellationToken.IsCancellationRequested)
        {
            throw new LocalServiceException($"The app gave no answer: {exception.Message} Logs: {stack.Logs}", exception);
        }
    }

    private static Uri Address(LocalStack stack, DevHostArguments arguments)
    {
        var address = $"{stack.Address}/api/quotes/{Uri.EscapeDataString(arguments.Symbol)}?budget={arguments.Budget}&maxAge=0";
        return new Uri(arguments.Providers is { } providers ? $"{address}&providers={Uri.EscapeDataString(providers)}" : address);
    }

    private static async Task PrintAsync(byte[] json, CancellationToken cancellationToken)
    {
        var pretty = new JsonWriterOptions
        {
            Indented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for a terminal, not for HTML
        };
        var text = new ArrayBufferWriter<byte>(json.Length * 2);
        using (var document = JsonDocument.Parse(json))
        await using (var writer = new Utf8JsonWriter(text, pretty))
            document.WriteTo(writer);
        text.Write("\n"u8);
        await using var output = Console.OpenStandardOutput();
        await output.WriteAsync(text.WrittenMemory, cancellationToken);
    }

    /// <summary>What a problem document says, or a 202, or whatever else came.</summary>
    internal static string Explain(HttpStatusCode status, ReadOnlyMemory<byte> body)
    {
        if (status == HttpStatusCode.Accepted)
            return "No provider answered within the budget, and nothing is stored; the quote is still being asked for. Try a larger --budget.";
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
