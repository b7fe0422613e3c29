using System.Text;
using System.Text.Json;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.StandaloneHost.Hosting.Queues;
using Quorum.StandaloneHost.Queues;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>The outputs of a function other than its HTTP response.</summary>
/// <param name="Queues">The queues that it sends to.</param>
/// <param name="ResponseName">The property that holds the HTTP response; null for none.</param>
/// <param name="Response">Reads that property.</param>
internal sealed record FunctionOutputs(IReadOnlyList<QueueOutput> Queues, string? ResponseName, Func<object, HttpResponseData?>? Response)
{
    /// <summary>Returns the HTTP response in a function's result; null for none.</summary>
    public HttpResponseData? ResponseOf(object? result) => result is null ? null : result as HttpResponseData ?? Response?.Invoke(result);

    /// <summary>Sends the messages in the result. If it throws, the invocation has failed, and some messages may have been sent.</summary>
    /// <exception cref="OutputUnavailableException">A storage account does not answer.</exception>
    public async Task SendAsync(object? result, FunctionRuntime runtime)
    {
        if (result is null or HttpResponseData)
        {
            return; // middleware may have answered instead; then there is nothing else
        }

        foreach (var output in Queues)
        {
            if (output.Read(result) is not { } value)
            {
                continue;
            }

            var queue = runtime.Queues.Of(output.Account);
            foreach (var message in MessagesOf(value, runtime.Json, runtime.QueueEncoding))
            {
                try
                {
                    // Not cancelled with the function, which has succeeded.
                    await queue.SendAsync(output.Queue, message, CancellationToken.None);
                }
                catch (Exception e) when (QueueMessages.IsUnavailable(e))
                {
                    throw new OutputUnavailableException(
                        $"Queue '{output.Queue}' got no message: its storage account '{output.Account.AccountName}' does not answer.",
                        e
                    );
                }
            }
        }
    }

    /// <summary>Returns the texts of the messages in a value.</summary>
    internal static IEnumerable<string> MessagesOf(object value, JsonSerializerOptions json, QueueMessageEncoding encoding) =>
        value switch
        {
            byte[] bytes => [QueueMessageText.Encode(bytes, encoding)],
            BinaryData data => [QueueMessageText.Encode(data.ToMemory().Span, encoding)],
            IEnumerable<byte[]> several => several.Select(bytes => QueueMessageText.Encode(bytes, encoding)),
            IEnumerable<BinaryData> several => several.Select(data => QueueMessageText.Encode(data.ToMemory().Span, encoding)),
            string text => Split(text).Select(one => Encode(one, encoding)),
            _ => Split(JsonSerializer.Serialize(value, value.GetType(), json)).Select(one => Encode(one, encoding)),
        };

    private static string Encode(string text, QueueMessageEncoding encoding) =>
        encoding == QueueMessageEncoding.Base64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : text;

    // As the Functions host does: a JSON array is several messages, also when the function returned it as a string.
    private static List<string> Split(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed is not ['[', .., ']'])
        {
            return [text];
        }

        try
        {
            using var array = JsonDocument.Parse(text);
            return
            [
                .. array
                    .RootElement.EnumerateArray()
                    .Where(element => element.ValueKind != JsonValueKind.Null)
                    .Select(element => element.ValueKind == JsonValueKind.String ? element.GetString() ?? "" : element.GetRawText()),
            ];
        }
        catch (JsonException)
        {
            return [text];
        }
    }
}

/// <summary>A queue that a function sends to.</summary>
/// <param name="Name">The property that holds the messages, or <c>$return</c>.</param>
/// <param name="Read">Reads the messages from the function's result.</param>
internal sealed record QueueOutput(string Name, string Queue, QueueServiceClient Account, Func<object, object?> Read);

/// <summary>A function has succeeded, but its output could not be delivered; a later attempt may succeed.</summary>
internal sealed class OutputUnavailableException(string message, Exception reason) : Exception(message, reason);
