using Quorum.LocalServices.Azurite;

namespace Quorum.Testing.Azurite;

/// <summary>
/// The storage emulator of a test process: the account in <c>AzureWebJobsStorage</c>, else an Azurite of its own on free ports, started on
/// first use and stopped with the process.
/// </summary>
public static class AzuriteServer
{
    private static readonly Lock Gate = new();
    private const int Accounts = 200;
    private static readonly Dictionary<string, int> Owners = new(StringComparer.Ordinal);
    private static Task<LocalAzurite?>? _server;

    private static string? Given => Environment.GetEnvironmentVariable("AzureWebJobsStorage") is { Length: > 0 } given ? given : null;

    // Started where none is configured.
    public static async Task<string> GetConnectionStringAsync() => Given ?? (await GetServerAsync())!.ConnectionString;

    /// <summary>Returns an account for each owner, so that the apps of different tests do not receive each other's messages.</summary>
    public static async Task<string> GetConnectionStringAsync(string owner)
    {
        if (Given is { } given)
        {
            return given;
        }

        var server = await GetServerAsync();
        lock (Gate)
        {
            if (!Owners.TryGetValue(owner, out var account))
            {
                Owners.Add(owner, account = (Owners.Count % Accounts) + 1);
            }

            return server!.ConnectionStringOf(account); // started where none is configured
        }
    }

    private static Task<LocalAzurite?> GetServerAsync()
    {
        lock (Gate)
        {
            return _server ??= StartAsync();
        }
    }

    private static async Task<LocalAzurite?> StartAsync()
    {
        if (Given is not null)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("quorum-azurite-").FullName;
        var azurite = await LocalAzurite.StartAsync(
            new LocalAzuriteOptions
            {
                DataDirectory = folder,
                FurtherAccounts = Accounts,
                InMemory = true,
            }
        );
        // The emulator ends with this process by itself.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return azurite;
    }
}
