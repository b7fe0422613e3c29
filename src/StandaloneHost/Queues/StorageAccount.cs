using System.Security.Cryptography;
using System.Text;

namespace Quorum.StandaloneHost.Queues;

/// <summary>A storage account as its connection string names it, and the signature that its queue service asks for.</summary>
/// <remarks>https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string,
/// https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key</remarks>
internal sealed class StorageAccount
{
    // Published with the emulator; it protects nothing.
    private const string EmulatorName = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly byte[] _key;

    private StorageAccount(string name, byte[] key, Uri queueEndpoint)
    {
        Name = name;
        _key = key;
        QueueEndpoint = queueEndpoint;
    }

    public string Name { get; }

    /// <summary>Ends with a slash.</summary>
    public Uri QueueEndpoint { get; }

    /// <exception cref="FormatException">It is not a connection string with an account name and key; the message says what is missing, and never the key.</exception>
    public static StorageAccount Parse(string connectionString)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new FormatException("A storage connection string consists of 'name=value' pairs separated by ';'.");
            }

            parts[part[..equals]] = part[(equals + 1)..];
        }

        if (parts.TryGetValue("UseDevelopmentStorage", out var emulator) && bool.TryParse(emulator, out var isEmulator) && isEmulator)
        {
            return new StorageAccount(EmulatorName, Convert.FromBase64String(EmulatorKey), new Uri($"http://127.0.0.1:10001/{EmulatorName}/"));
        }

        if (!parts.TryGetValue("AccountName", out var name) || !parts.TryGetValue("AccountKey", out var keyText))
        {
            throw new FormatException("The storage connection string lacks AccountName or AccountKey; the standalone host signs with an account key.");
        }

        var key = new byte[keyText.Length];
        if (!Convert.TryFromBase64String(keyText, key, out var length))
        {
            throw new FormatException("The storage connection string's AccountKey is not Base64.");
        }

        var endpoint = parts.GetValueOrDefault("QueueEndpoint")
            ?? $"{parts.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{name}.queue.{parts.GetValueOrDefault("EndpointSuffix", "core.windows.net")}";
        if (!Uri.TryCreate(endpoint.TrimEnd('/') + "/", UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new FormatException($"The storage connection string's QueueEndpoint '{endpoint}' is not an http or https address.");
        }

        return new StorageAccount(name, key[..length], uri);
    }

    /// <summary>Dates and signs a request. Its content headers must be final.</summary>
    public void Sign(HttpRequestMessage request, DateTimeOffset now)
    {
        const string version = "2024-11-04";
        var date = now.UtcDateTime.ToString("R");
        request.Headers.Add("x-ms-date", date);
        request.Headers.Add("x-ms-version", version);
        var uri = request.RequestUri ?? throw new ArgumentException("The request has no address.", nameof(request));
        var text = new StringBuilder(256)
            .Append(request.Method.Method).Append("\n\n\n")
            .Append(request.Content?.Headers.ContentLength is { } length and > 0 ? length.ToString() : "").Append("\n\n")
            .Append(request.Content?.Headers.ContentType?.ToString() ?? "").Append("\n\n\n\n\n\n\n")
            .Append("x-ms-date:").Append(date).Append('\n')
            .Append("x-ms-version:").Append(version).Append('\n')
            .Append('/').Append(Name).Append(uri.AbsolutePath);
        foreach (var (parameter, value) in Parameters(uri).OrderBy(pair => pair.Name, StringComparer.Ordinal))
        {
            text.Append('\n').Append(parameter).Append(':').Append(value);
        }

        var signature = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text.ToString()));
        request.Headers.TryAddWithoutValidation("Authorization", $"SharedKey {Name}:{Convert.ToBase64String(signature)}");
    }

    private static IEnumerable<(string Name, string Value)> Parameters(Uri uri)
    {
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            yield return (pair[..equals].ToLowerInvariant(), Uri.UnescapeDataString(pair[(equals + 1)..]));
        }
    }
}
