using System.Globalization;
using System.Net;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Quorum.StandaloneHost.Queues;

/// <summary>One queue, over the REST protocol of Azure Storage queues.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/queue-service-rest-api</remarks>
internal sealed class QueueClient(HttpClient http, StorageAccount account, string name, TimeProvider time)
{
    /// <summary>The longest text that a message may have, in bytes of UTF-8.</summary>
    public const int MaxMessageBytes = 64 * 1024;

    // A restart of the service is bridged, an outage is not. A message may be there twice then: when the answer to the first sending is lost.
    private static readonly TimeSpan[] RetryAfter = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(1.6)];

    public string Name { get; } = name;

    /// <summary>Creates the queue unless it exists.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        using var response = await InsistAsync(HttpMethod.Put, "", null, cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.NoContent or HttpStatusCode.Conflict))
        {
            await ThrowAsync(response, "create the queue", cancellationToken);
        }
    }

    /// <summary>Adds a message that does not expire.</summary>
    /// <exception cref="ArgumentException">The text is longer than <see cref="MaxMessageBytes"/>.</exception>
    public async Task SendMessageAsync(string text, CancellationToken cancellationToken)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        if (size > MaxMessageBytes)
        {
            throw new ArgumentException($"A message of {size} bytes does not fit into queue '{Name}': {MaxMessageBytes} bytes at most.", nameof(text));
        }

        var body = new XElement("QueueMessage", new XElement("MessageText", text)).ToString(SaveOptions.DisableFormatting);
        using var response = await InsistAsync(HttpMethod.Post, "/messages?messagettl=-1", body, cancellationToken);
        await ExpectAsync(response, HttpStatusCode.Created, "send a message", cancellationToken);
    }

    /// <summary>Takes messages and hides them from others for a time.</summary>
    public async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(int count, TimeSpan hiddenFor, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            HttpMethod.Get, $"/messages?numofmessages={count}&visibilitytimeout={Seconds(hiddenFor)}", null, cancellationToken);
        await ExpectAsync(response, HttpStatusCode.OK, "receive messages", cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var reader = XmlReader.Create(stream, new XmlReaderSettings { Async = true, CheckCharacters = false, DtdProcessing = DtdProcessing.Prohibit });
        var list = await XDocument.LoadAsync(reader, LoadOptions.PreserveWhitespace, cancellationToken);
        return [.. list.Root?.Elements("QueueMessage").Select(Read) ?? []];
    }

    /// <summary>Deletes a message that was taken.</summary>
    /// <returns>False when the message is gone, or somebody else has taken it since.</returns>
    public async Task<bool> DeleteAsync(string messageId, string popReceipt, CancellationToken cancellationToken)
    {
        using var response = await InsistAsync(
            HttpMethod.Delete, $"/messages/{Uri.EscapeDataString(messageId)}?popreceipt={Uri.EscapeDataString(popReceipt)}", null, cancellationToken);
        if (IsGone(response))
        {
            return false;
        }

        await ExpectAsync(response, HttpStatusCode.NoContent, "delete a message", cancellationToken);
        return true;
    }

    /// <summary>Hides a message that was taken for so long from now.</summary>
    /// <returns>The receipt that counts from now on; <see langword="null"/> when the message is gone, or somebody else has taken it since.</returns>
    public async Task<string?> HideAsync(string messageId, string popReceipt, TimeSpan hiddenFor, CancellationToken cancellationToken)
    {
        using var response = await InsistAsync(
            HttpMethod.Put,
            $"/messages/{Uri.EscapeDataString(messageId)}?popreceipt={Uri.EscapeDataString(popReceipt)}&visibilitytimeout={Seconds(hiddenFor)}",
            null,
            cancellationToken);
        if (IsGone(response))
        {
            return null;
        }

        await ExpectAsync(response, HttpStatusCode.NoContent, "hide a message", cancellationToken);
        return response.Headers.GetValues("x-ms-popreceipt").First();
    }

    private static bool IsGone(HttpResponseMessage response) => response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest
        && response.Headers.TryGetValues("x-ms-error-code", out var codes) && codes.Any(code => code is "MessageNotFound" or "PopReceiptMismatch");

    private static string Seconds(TimeSpan span) => ((long)Math.Ceiling(span.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static QueueMessage Read(XElement message) => new(
        (string?)message.Element("MessageId") ?? "",
        (string?)message.Element("PopReceipt") ?? "",
        (string?)message.Element("MessageText") ?? "",
        (int?)message.Element("DequeueCount") ?? 1,
        ReadTime(message, "InsertionTime", DateTimeOffset.UnixEpoch),
        ReadTime(message, "ExpirationTime", DateTimeOffset.MaxValue),
        ReadTime(message, "TimeNextVisible", DateTimeOffset.MaxValue));

    private static DateTimeOffset ReadTime(XElement message, string name, DateTimeOffset missing) =>
        DateTimeOffset.TryParse((string?)message.Element(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : missing;

    private async Task<HttpResponseMessage> InsistAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < RetryAfter.Length; attempt++)
        {
            try
            {
                var response = await SendAsync(method, path, body, cancellationToken);
                if (response.StatusCode < HttpStatusCode.InternalServerError)
                {
                    return response;
                }

                response.Dispose();
            }
            catch (HttpRequestException)
            {
                // the last attempt tells
            }

            await Task.Delay(RetryAfter[attempt], time, cancellationToken);
        }

        return await SendAsync(method, path, body, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(account.QueueEndpoint, Name + path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/xml");
        }
        else if (method == HttpMethod.Put || method == HttpMethod.Post)
        {
            request.Content = new ByteArrayContent([]);
        }

        account.Sign(request, time.GetUtcNow());
        return await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
    }

    private async Task ExpectAsync(HttpResponseMessage response, HttpStatusCode expected, string act, CancellationToken cancellationToken)
    {
        if (response.StatusCode != expected)
        {
            await ThrowAsync(response, act, cancellationToken);
        }
    }

    private async Task ThrowAsync(HttpResponseMessage response, string act, CancellationToken cancellationToken)
    {
        var code = response.Headers.TryGetValues("x-ms-error-code", out var codes) ? codes.First() : "no error code";
        await response.Content.LoadIntoBufferAsync(cancellationToken); // read to its end, the connection can be used again
        throw new QueueException($"The storage account '{account.Name}' did not {act} ('{Name}'): {(int)response.StatusCode} {code}.", response.StatusCode, code);
    }
}

/// <param name="MessageId">Its key in the queue.</param>
/// <param name="PopReceipt">The proof of having taken it.</param>
/// <param name="Text">As it stands in the queue, encoded or not.</param>
/// <param name="DequeueCount">How often it has been taken, this time included.</param>
/// <param name="InsertedAt">When it was sent, UTC.</param>
/// <param name="ExpiresAt">When the service drops it, UTC.</param>
/// <param name="NextVisibleAt">When it shows again unless it is settled, UTC.</param>
internal sealed record QueueMessage(
    string MessageId,
    string PopReceipt,
    string Text,
    int DequeueCount,
    DateTimeOffset InsertedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset NextVisibleAt);

/// <summary>The queue service refused something.</summary>
internal sealed class QueueException(string message, HttpStatusCode status, string code) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>The service is to blame and not what was asked of it.</summary>
    public bool IsOfTheService => Status >= HttpStatusCode.InternalServerError;

    /// <summary>As the service names it: <c>QueueNotFound</c>.</summary>
    public string Code { get; } = code;
}
