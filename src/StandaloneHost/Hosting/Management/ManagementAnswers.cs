using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.Hosting.Http;

namespace Quorum.StandaloneHost.Hosting.Management;

/// <summary>The answers and bodies of the management API.</summary>
internal static class ManagementAnswers
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task RefuseAsync(IncomingRequest request, string detail) =>
        Answer.SendAsync(request, Problem.BadRequest with { Detail = detail });

    public static Problem Unknown(string id) => Problem.NotFound with { Detail = $"There is no instance '{id}'." };

    /// <summary>Returns the body as a payload; <see langword="null"/> if it is empty. False if it is not JSON.</summary>
    public static async Task<(bool IsJson, Payload? Payload)> ReadJsonAsync(IncomingRequest request)
    {
        await request.ReadBodyAsync();
        var json = request.ReceivedBody;
        if (json.IsEmpty)
        {
            return (true, null);
        }

        if (!Utf8.IsValid(json.Span))
        {
            return (false, null); // the parser does not check strings
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return (true, new Payload(Encoding.UTF8.GetString(json.Span)));
        }
        catch (JsonException)
        {
            return (false, null);
        }
    }

    public static Task SendAsync(IncomingRequest request, int status, Action<Utf8JsonWriter> write)
    {
        var body = request.NewResponseBody();
        using (var json = new Utf8JsonWriter((IBufferWriter<byte>)body, Readable))
        {
            write(json);
        }

        return Answer.SendJsonAsync(request, status, body);
    }
}
