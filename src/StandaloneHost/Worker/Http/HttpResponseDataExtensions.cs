using System.Buffers;
using System.Text;
using System.Text.Json;
using Quorum.StandaloneHost.Hosting.Invocations;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>Writing a response.</summary>
public static class HttpResponseDataExtensions
{
    private const string Json = "application/json; charset=utf-8";

    /// <summary>Appends text to the body; UTF-8 when <paramref name="encoding"/> is null.</summary>
    public static void WriteString(this HttpResponseData response, string value, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(value);
        encoding ??= Encoding.UTF8;
        if (response.Body is IBufferWriter<byte> buffer)
        {
            encoding.GetBytes(value, buffer);
        }
        else
        {
            response.Body.Write(encoding.GetBytes(value));
        }
    }

    /// <summary>Appends text to the body; UTF-8 when <paramref name="encoding"/> is null.</summary>
    public static Task WriteStringAsync(this HttpResponseData response, string value, Encoding? encoding = null) =>
        response.WriteStringAsync(value, CancellationToken.None, encoding);

    /// <summary>Appends text to the body; UTF-8 when <paramref name="encoding"/> is null.</summary>
    public static Task WriteStringAsync(
        this HttpResponseData response, string value, CancellationToken cancellationToken, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(value);
        if (response.Body is IBufferWriter<byte>)
        {
            response.WriteString(value, encoding);
            return Task.CompletedTask;
        }

        return response.Body.WriteAsync((encoding ?? Encoding.UTF8).GetBytes(value), cancellationToken).AsTask();
    }

    /// <summary>Writes JSON with the app's <see cref="JsonSerializerOptions"/>, and its content type.</summary>
    public static ValueTask WriteAsJsonAsync<T>(this HttpResponseData response, T instance, CancellationToken cancellationToken = default) =>
        response.WriteAsJsonAsync(instance, Json, cancellationToken);

    /// <summary>Writes JSON with the app's <see cref="JsonSerializerOptions"/> under this content type.</summary>
    public static ValueTask WriteAsJsonAsync<T>(
        this HttpResponseData response, T instance, string contentType, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(contentType);
        response.Headers.Add("Content-Type", contentType);
        var options = JsonOf.Context(response.FunctionContext);
        if (response.Body is IBufferWriter<byte> buffer)
        {
            using var writer = new Utf8JsonWriter(buffer, JsonOf.WriterOptions(options));
            JsonSerializer.Serialize(writer, instance, options);
            return ValueTask.CompletedTask;
        }

        return new ValueTask(JsonSerializer.SerializeAsync(response.Body, instance, options, cancellationToken));
    }

    /// <summary>Appends bytes to the body.</summary>
    public static void WriteBytes(this HttpResponseData response, byte[] value)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(value);
        response.Body.Write(value);
    }

    /// <summary>Appends bytes to the body.</summary>
    public static Task WriteBytesAsync(this HttpResponseData response, byte[] value) =>
        response.WriteBytesAsync(value, CancellationToken.None);

    /// <summary>Appends bytes to the body.</summary>
    public static Task WriteBytesAsync(this HttpResponseData response, byte[] value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(value);
        return response.Body.WriteAsync(value, cancellationToken).AsTask();
    }
}
