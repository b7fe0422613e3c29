using Quorum.LocalServices.Azurite;

namespace Quorum.Testing.Azurite;

/// <summary>The storage emulator of a test process: the account in <c>AzureWebJobsStorage</c>, else an Azurite of its own on free ports,
/// started by the first test that asks and gone with the process.</summary>
public static class AzuriteServer
{
    private static readonly Lock Gate = new();
    private static Task<string>? _server;

    public static Task<string> GetConnectionStringAsync()
    {
        lock (Gate)
        {
            return _server ??= StartAsync();
        }
    }

    private static async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("AzureWebJobsStorage") is { Length: > 0 } given)
        {
            return given;
        }

        var folder = Directory.CreateTempSubdirectory("quorum-azurite-").FullName;
        var azurite = await LocalAzurite.StartAsync(new LocalAzuriteOptions { DataDirectory = folder });
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true); // the emulator ends with this process by itself
        return azurite.ConnectionString;
    }
}
