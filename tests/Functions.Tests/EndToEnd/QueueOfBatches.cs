using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Quorum.Testing.Azurite;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>The queues of one app under test, as another program sees them: over the REST protocol, signed with the account's
/// key.</summary>
internal sealed class QueueOfBatches : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly string _account;
    private readonly byte[] _key;
    private readonly Uri _endpoint;

    /// <param name="connectionString">As <c>AzureWebJobsStorage</c> takes it.</param>
    public QueueOfBatches(string connectionString)
    {
        var parts = connectionString
            .Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
        _account = parts["AccountName"];
        _key = Convert.FromBase64String(parts["AccountKey"]);
        _endpoint = new Uri(parts["QueueEndpoint"] + "/");
    }

    /// <summary>Those of the apps on a database.</summary>
    public static async Task<QueueOfBatches> OfAsync(TestDatabase database) =>
        new(await AzuriteServer.GetConnectionStringAsync(owner: database.Name));

    public async Task CreateAsync(string queue = "quote-batches")
    {
        using var response = await SendAsync(HttpMethod.Put, queue, "", null);
        Assert.True(response.StatusCode is HttpStatusCode.Created or HttpStatusCode.NoContent, $"{response.StatusCode}");
    }

    /// <summary>Puts a text into the queue as it is.</summary>
    public async Task SendRawAsync(string text, string queue = "quote-batches")
    {
        var body = new XElement("QueueMessage", new XElement("MessageText", text)).ToString(SaveOptions.DisableFormatting);
        using var response = await SendAsync(HttpMethod.Post, $"{queue}/messages", "", body);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    public Task SendAsync(string json) => SendRawAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(json)));

    /// <summary>About how many messages a queue holds, hidden ones included; 0 when there is no such queue.</summary>
    public async Task<int> CountAsync(string queue = "quote-batches")
    {
        using var response = await SendAsync(HttpMethod.Get, queue, "comp:metadata", null);
        return response.StatusCode is HttpStatusCode.NotFound
            ? 0
            : int.Parse(response.Headers.GetValues("x-ms-approximate-messages-count").Single(), CultureInfo.InvariantCulture);
    }

    /// <summary>Takes all messages out of a queue.</summary>
    public async Task EmptyAsync(string queue)
    {
        using var response = await SendAsync(HttpMethod.Delete, $"{queue}/messages", "", null);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    /// <summary>The first messages of a queue, left in it; none when there is no such queue.</summary>
    public async Task<IReadOnlyList<string>> PeekAsync(string queue)
    {
        using var response = await SendAsync(HttpMethod.Get, $"{queue}/messages", "numofmessages:32\npeekonly:true", null);
        if (response.StatusCode is HttpStatusCode.NotFound)
        {
            return [];
        }

        var list = XDocument.Parse(await response.Content.ReadAsStringAsync());
        return [.. list.Root!.Elements("QueueMessage").Select(message => message.Element("MessageText")!.Value)];
    }

    public void Dispose() => _http.Dispose();

    /// <param name="query">Canonical: one <c>name:value</c> a line, in order.</param>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string query, string? body)
    {
        var address = new Uri(_endpoint, path + (query.Length == 0 ? "" : "?" + query.Replace(':', '=').Replace('\n', '&')));
        using var request = new HttpRequestMessage(method, address);
        var bytes = body is null ? [] : Encoding.UTF8.GetBytes(body);
        if (method != HttpMethod.Get)
        {
            request.Content = new ByteArrayContent(bytes);
        }

        var date = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        request.Headers.Add("x-ms-date", date);
        request.Headers.Add("x-ms-version", "2021-12-02");

        // https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
        var length = bytes.Length == 0 ? "" : bytes.Length.ToString(CultureInfo.InvariantCulture);
        var text =
            $"{method}\n\n\n{length}\n\n\n\n\n\n\n\n\nx-ms-date:{date}\nx-ms-version:2021-12-02\n/{_account}{address.AbsolutePath}{(query.Length == 0 ? "" : "\n" + query)}";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));
        request.Headers.TryAddWithoutValidation("Authorization", $"SharedKey {_account}:{signature}");
        return await _http.SendAsync(request);
    }
}
