using System.Net;
using System.Text;
using System.Text.Json;
using Quorum.StandaloneHost.Hosting.Invocations;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>Reading a request, starting a response.</summary>
public static class HttpRequestDataExtensions
{
    private const int ReaderBuffer = 1024;

    /// <summary>The body as text, from where the stream stands; UTF-8 unless a byte order mark or <paramref name="encoding"/> says otherwise.</summary>
    public static async Task<string?> ReadAsStringAsync(this HttpRequestData request, Encoding? encoding = null)
    {
        using var reader = OpenText(request, encoding);
        return await reader.ReadToEndAsync(request.FunctionContext.CancellationToken);
    }

    /// <summary>The body as text, from where the stream stands; UTF-8 unless a byte order mark or <paramref name="encoding"/> says otherwise.</summary>
    public static string? ReadAsString(this HttpRequestData request, Encoding? encoding = null)
    {
        using var reader = OpenText(request, encoding);
        return reader.ReadToEnd();
    }

    /// <summary>The body read as JSON with the app's <see cref="JsonSerializerOptions"/>.</summary>
    /// <exception cref="JsonException">The body is not JSON, or not of this type.</exception>
    public static ValueTask<T?> ReadFromJsonAsync<T>(this HttpRequestData request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return JsonSerializer.DeserializeAsync<T>(request.Body, JsonOf.Context(request.FunctionContext), cancellationToken);
    }

    /// <summary>A new response with this status and an empty body.</summary>
    public static HttpResponseData CreateResponse(this HttpRequestData request, HttpStatusCode statusCode)
    {
        ArgumentNullException.ThrowIfNull(request);
        var response = request.CreateResponse();
        response.StatusCode = statusCode;
        return response;
    }

    private static StreamReader OpenText(HttpRequestData request, Encoding? encoding)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new StreamReader(request.Body, encoding ?? Encoding.UTF8, detectEncodingFromByteOrderMarks: true, ReaderBuffer, leaveOpen: true);
    }
}
