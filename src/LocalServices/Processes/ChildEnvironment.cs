using System.Collections;
using System.Collections.Frozen;

namespace Quorum.LocalServices.Processes;

/// <summary>The variables of this process's environment that child processes inherit: none of them is a setting or a secret of the
/// app.</summary>
internal static class ChildEnvironment
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "TERM",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TMPDIR",
        "TMP",
        "TEMP",
        "LD_LIBRARY_PATH",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        // Windows starts few programs without these.
        "SystemRoot",
        "SystemDrive",
        "windir",
        "ComSpec",
        "PATHEXT",
        "USERPROFILE",
        "HOMEDRIVE",
        "HOMEPATH",
        "APPDATA",
        "LOCALAPPDATA",
        "ProgramData",
        "ProgramFiles",
        "NUMBER_OF_PROCESSORS",
        "PROCESSOR_ARCHITECTURE",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Prefixes = ["LC_", "DOTNET_"];

    // npm reaches its registry by these. Some hold secrets, but only those of the registry and the proxy.
    private static readonly FrozenSet<string> NpmNames = new[]
    {
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "NODE_EXTRA_CA_CERTS",
        "NPM_TOKEN",
        "NODE_AUTH_TOKEN",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private const string NpmPrefix = "npm_config_";

    /// <summary>Returns true if every child process inherits the variable.</summary>
    public static bool IsInherited(string name) => Names.Contains(name) || Prefixes.Any(prefix => HasPrefix(name, prefix));

    /// <summary>The variables that configure npm, beside those that every child inherits.</summary>
    public static Dictionary<string, string?> OfNpm() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(variable => (Name: (string)variable.Key, Value: (string?)variable.Value))
            .Where(variable => NpmNames.Contains(variable.Name) || HasPrefix(variable.Name, NpmPrefix))
            .ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);

    private static bool HasPrefix(string name, string prefix) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
