using System.Text;
using System.Text.Json;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Quorum.StandaloneHost.Hosting.Queues;

/// <summary>One delivery of a message to a function.</summary>
internal sealed class QueueDelivery(QueueMessage message, QueueMessageEncoding encoding, JsonSerializerOptions json)
{
    private byte[]? _body;
    private string? _text;

    public QueueMessage Message => message;

    /// <summary>The body without the queue's encoding.</summary>
    /// <exception cref="QueueMessageException">The body is not in the encoding that host.json names.</exception>
    public byte[] Body => _body ??= QueueMessageText.Decode(message.MessageText, encoding);

    /// <summary>The body as text.</summary>
    /// <exception cref="QueueMessageException">The body is not in the encoding that host.json names, or not UTF-8.</exception>
    public string Text => _text ??= encoding == QueueMessageEncoding.None ? message.MessageText : QueueMessageText.Utf8(Body);

    /// <summary>Returns the body as the type of a function's parameter.</summary>
    /// <exception cref="QueueMessageException">The body cannot be converted.</exception>
    public T? As<T>()
    {
        object value;
        if (typeof(T) == typeof(string))
        {
            value = Text;
        }
        else if (typeof(T) == typeof(byte[]))
        {
            value = Body;
        }
        else if (typeof(T) == typeof(BinaryData))
        {
            value = BinaryData.FromBytes(Body);
        }
        else
        {
            try
            {
                return JsonSerializer.Deserialize<T>(Body, json);
            }
            catch (JsonException fault)
            {
                throw new QueueMessageException($"The message cannot become a {typeof(T).Name}: {fault.Message}", fault);
            }
        }

        return (T)value;
    }

    /// <summary>Returns the text; null if the body is not text.</summary>
    public string? TryGetText()
    {
        try
        {
            return Text;
        }
        catch (QueueMessageException)
        {
            return null;
        }
    }
}

/// <summary>Encodes and decodes bodies of queue messages.</summary>
internal static class QueueMessageText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Encode(ReadOnlySpan<byte> body, QueueMessageEncoding encoding) =>
        encoding == QueueMessageEncoding.Base64 ? Convert.ToBase64String(body) : Strict.GetString(body);

    /// <exception cref="QueueMessageException">The text is not in that encoding.</exception>
    public static byte[] Decode(string text, QueueMessageEncoding encoding)
    {
        if (encoding == QueueMessageEncoding.None)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException fault)
        {
            throw new QueueMessageException(
                "The message is not Base64, the encoding that host.json's extensions.queues.messageEncoding asks for.",
                fault
            );
        }
    }

    /// <exception cref="QueueMessageException">The body is not UTF-8.</exception>
    public static string Utf8(byte[] body)
    {
        try
        {
            return Strict.GetString(body);
        }
        catch (DecoderFallbackException fault)
        {
            throw new QueueMessageException("The message is not UTF-8.", fault);
        }
    }
}

/// <summary>A message cannot be converted to the type of its function's parameter.</summary>
internal sealed class QueueMessageException(string message, Exception innerException) : Exception(message, innerException);
