using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Quorum.StandaloneHost.Hosting.Settings;

/// <summary>
/// The file local.settings.json, which supplements the environment on a developer's machine, as under Core Tools
/// (https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file).
/// </summary>
/// <param name="Values">Settings as configuration keys: <c>Values</c>, and <c>ConnectionStrings</c> below their name.</param>
/// <param name="Port"><c>Host.LocalHttpPort</c>; <see langword="null"/> when it is missing.</param>
internal sealed record LocalSettings(IReadOnlyDictionary<string, string?> Values, int? Port)
{
    /// <summary><c>Host.CORS</c>: origins, separated by commas; <see langword="null"/> when it is missing.</summary>
    public string? Cors { get; init; }

    /// <summary><c>Host.CORSCredentials</c>.</summary>
    public bool CorsCredentials { get; init; }

    private const string FileName = "local.settings.json";

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads the first local.settings.json among the directories; without one the settings are empty.</summary>
    /// <exception cref="HostSettingsException">The file is not what Core Tools would read.</exception>
    public static LocalSettings Load(IEnumerable<string> directories)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (directories.Select(directory => Path.Combine(directory, FileName)).FirstOrDefault(File.Exists) is not { } path)
        {
            return new LocalSettings(values, null);
        }

        try
        {
            var text = File.ReadAllBytes(path).AsMemory();
            text = text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text; // some editors write a byte order mark
            using var file = JsonDocument.Parse(text, Lenient);
            var root = file.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new HostSettingsException([$"{FileName}: the file is not an object."]);
            }

            if (root.TryGetProperty("IsEncrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
            {
                throw new HostSettingsException([
                    $"{FileName}: IsEncrypted is true, and only plain settings can be read; run 'func settings decrypt'.",
                ]);
            }

            Collect(root, "Values", "", values);
            Collect(root, "ConnectionStrings", "ConnectionStrings:", values);
            return new LocalSettings(values, PortOf(root)) { Cors = CorsOf(root), CorsCredentials = CorsCredentialsOf(root) };
        }
        catch (JsonException fault)
        {
            throw new HostSettingsException([$"{FileName}: {fault.Message}"]);
        }
    }

    private static void Collect(JsonElement root, string section, string prefix, Dictionary<string, string?> values)
    {
        if (!root.TryGetProperty(section, out var settings))
        {
            return;
        }

        if (settings.ValueKind != JsonValueKind.Object)
        {
            throw new HostSettingsException([$"{FileName}: {section} is not an object."]);
        }

        foreach (var setting in settings.EnumerateObject())
        {
            if (setting.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                throw new HostSettingsException([
                    $"{FileName}: {section}.{setting.Name} must be a plain value, as environment variables are.",
                ]);
            }

            values[prefix + setting.Name.Replace("__", ":", StringComparison.Ordinal)] = setting.Value.ToString();
        }
    }

    // As Core Tools does, a number or a flag may be written as a string.
    private static int? PortOf(JsonElement root) =>
        HostValue(root, "LocalHttpPort") is not { } value ? null
        : int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort ? port
        : throw Wrong("LocalHttpPort", value, $"a whole number from 0 to {IPEndPoint.MaxPort}");

    private static string? CorsOf(JsonElement root) =>
        HostValue(root, "CORS") is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong("CORS", value, "'*' or origins in one string, separated by commas");

    private static bool CorsCredentialsOf(JsonElement root) =>
        HostValue(root, "CORSCredentials") is { } value
        && (bool.TryParse(value.ToString(), out var allowed) ? allowed : throw Wrong("CORSCredentials", value, "true or false"));

    private static JsonElement? HostValue(JsonElement root, string name) =>
        !root.TryGetProperty("Host", out var host) ? null
        : host.ValueKind != JsonValueKind.Object ? throw new HostSettingsException([$"{FileName}: Host is not an object."])
        : host.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value
        : null;

    private static HostSettingsException Wrong(string name, JsonElement value, string rule) =>
        new([$"{FileName}: Host.{name} must be {rule}; got {SettingsReader.Shown(value.ToString())}."]);
}
