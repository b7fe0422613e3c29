using System.Net;
using Microsoft.Extensions.Configuration;

namespace Quorum.StandaloneHost.Hosting.Settings;

/// <summary>The HTTP settings of the process.</summary>
internal sealed record HttpSettings
{
    /// <summary>
    /// The port: <c>--port</c>, else <c>FUNCTIONS_HTTP_PORT</c>, else <c>Host.LocalHttpPort</c> in local.settings.json. Default 7071; 0 for
    /// any free one.
    /// </summary>
    public int Port { get; init; } = 7071;

    /// <summary><c>Functions:Http:Address</c>: an IP address, <c>localhost</c> (the default) or <c>*</c>; <see langword="null"/> is
    /// localhost.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The maximum body size in bytes, <c>FUNCTIONS_REQUEST_BODY_SIZE_LIMIT</c>. Default 512 KiB; in Azure it is 100 MB.</summary>
    public int MaxRequestBody { get; init; } = 512 * 1024;

    /// <summary>
    /// The maximum memory in bytes for the bodies of all requests in flight, <c>Functions:Http:MaxBodyMemory</c>; beyond it a request gets
    /// a 503. Default 64 MiB, or twice <see cref="MaxRequestBody"/> if that is more.
    /// </summary>
    public long MaxBodyMemory { get; init; }

    /// <summary>
    /// The maximum number of open connections, <c>Functions:Http:MaxConnections</c>; further ones are closed at once. Default 2048.
    /// </summary>
    public int MaxConnections { get; init; } = 2048;

    /// <summary>The size in bytes of a connection's receive buffer, and of its send buffer.</summary>
    public const int ConnectionBuffer = 64 * 1024;

    /// <summary>The time for which a stop waits for requests in flight, <c>Functions:Http:DrainTime</c>. Default 10 s.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The timeout for a request's headers, <c>Functions:Http:HeadersTimeout</c>. Default 15 s.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The time for which a client may send a body at less than <see cref="MinBodyRate"/>, <c>Functions:Http:BodyGrace</c>. Default 5 s.
    /// </summary>
    public TimeSpan BodyGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The timeout for a whole body, <c>Functions:Http:BodyTimeout</c>. Default 30 s.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The minimum rate in bytes per second, sent or read: a slower client blocks a connection.</summary>
    public const double MinBodyRate = 240;

    /// <summary>
    /// True if keys are required, <c>Functions:Authorization:Enabled</c>. Default: true unless the environment is Development.
    /// </summary>
    public bool AskForKeys { get; init; }

    /// <summary>True if every caller counts as one with the master key, as under Core Tools: in Development while keys are off. Elsewhere
    /// keys that are off admit a caller, but give him no identity.</summary>
    public bool EveryCallerIsMaster { get; init; }

    /// <summary>Settings for browsers, proxies and host names.</summary>
    public WebSettings Web { get; init; } = new();

    public static HttpSettings Read(
        IConfiguration app,
        IConfiguration commandLine,
        LocalSettings local,
        bool isDevelopment,
        ICollection<string> faults
    )
    {
        var arguments = new SettingsReader(commandLine, "command line", faults);
        var reader = new SettingsReader(app, "settings", faults);
        var usual = new HttpSettings();
        var asksForKeys = reader.Flag("Functions:Authorization:Enabled") ?? !isDevelopment;
        var maxRequestBody = reader.Whole("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", 0) ?? usual.MaxRequestBody;
        return new HttpSettings
        {
            Port =
                arguments.Whole("port", 0, IPEndPoint.MaxPort)
                ?? reader.Whole("FUNCTIONS_HTTP_PORT", 0, IPEndPoint.MaxPort)
                ?? local.Port
                ?? usual.Port,
            Address = ReadAddress(reader),
            MaxRequestBody = maxRequestBody,
            MaxBodyMemory = ReadBodyMemory(reader, maxRequestBody),
            MaxConnections = reader.Whole("Functions:Http:MaxConnections", 1, 1_000_000) ?? usual.MaxConnections,
            DrainTime = reader.Duration("Functions:Http:DrainTime", TimeSpan.Zero, TimeSpan.FromHours(1)) ?? usual.DrainTime,
            HeadersTimeout =
                reader.Duration("Functions:Http:HeadersTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)) ?? usual.HeadersTimeout,
            BodyGrace = reader.Duration("Functions:Http:BodyGrace", TimeSpan.FromSeconds(1.1), TimeSpan.FromHours(1)) ?? usual.BodyGrace,
            BodyTimeout =
                reader.Duration("Functions:Http:BodyTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)) ?? usual.BodyTimeout,
            AskForKeys = asksForKeys,
            EveryCallerIsMaster = isDevelopment && !asksForKeys,
            Web = WebSettings.Read(reader, local),
        };
    }

    private static long ReadBodyMemory(SettingsReader reader, int maxRequestBody)
    {
        const string Key = "Functions:Http:MaxBodyMemory";
        const int Usual = 64 * 1024 * 1024;
        var given = reader.Whole(Key, 64 * 1024);
        if (given < maxRequestBody)
        {
            reader.Fault(Key, $"{given}", $"at least FUNCTIONS_REQUEST_BODY_SIZE_LIMIT ({maxRequestBody})");
        }

        return given ?? Math.Max(Usual, 2L * maxRequestBody);
    }

    private static IPAddress? ReadAddress(SettingsReader reader)
    {
        const string Key = "Functions:Http:Address";
        switch (reader.Text(Key))
        {
            case null or "localhost":
                return null;
            case "*" or "+":
                return IPAddress.IPv6Any;
            case { } text when IPAddress.TryParse(text, out var address):
                return address;
            case { } other:
                reader.Fault(Key, other, "an IP address, localhost or *");
                return null;
        }
    }
}
