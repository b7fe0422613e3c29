using System.Net;
using System.Net.Sockets;
using Azure;
using Azure.Storage.Queues;
using Quorum.LocalServices.Azurite;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Azurite;

public sealed class LocalAzuriteTests
{
    [Fact]
    public async Task Its_three_services_answer_on_ports_of_their_own()
    {
        using var folder = new TemporaryFolder();
        await using var azurite = await LocalAzurite.StartAsync(new LocalAzuriteOptions { DataDirectory = folder["azurite"] });

        Assert.Contains(
            $"QueueEndpoint=http://127.0.0.1:{azurite.QueuePort}/devstoreaccount1;",
            azurite.ConnectionString,
            StringComparison.Ordinal
        );
        foreach (var port in (int[])[azurite.BlobPort, azurite.QueuePort, azurite.TablePort])
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port);
        }
    }

    [Fact]
    public async Task Its_key_is_the_data_folders_own_and_the_well_known_key_is_rejected()
    {
        const string WellKnown = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
        using var folder = new TemporaryFolder();
        await using var azurite = await LocalAzurite.StartAsync(new LocalAzuriteOptions { DataDirectory = folder["azurite"] });
        var key = await LocalAzurite.ReadOrCreateKeyAsync(folder["azurite"], CancellationToken.None);
        Assert.Contains($"AccountKey={key};", azurite.ConnectionString, StringComparison.Ordinal);
        Assert.NotEqual(key, await LocalAzurite.ReadOrCreateKeyAsync(folder["another"], CancellationToken.None));

        await new QueueClient(azurite.ConnectionString, "queue").CreateAsync();
        var outsider = new QueueClient(azurite.ConnectionString.Replace(key, WellKnown, StringComparison.Ordinal), "queue");
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => outsider.GetPropertiesAsync());

        Assert.Equal((int)HttpStatusCode.Forbidden, refusal.Status);
    }

    [UnixFact]
    public async Task Its_key_and_folder_are_closed_to_other_users()
    {
        using var folder = new TemporaryFolder();

        await LocalAzurite.ReadOrCreateKeyAsync(folder["azurite"], CancellationToken.None);

        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, new DirectoryInfo(folder["azurite"]).UnixFileMode);
        Assert.Equal(OwnerOnly, new FileInfo(Path.Combine(folder["azurite"], "account-key")).UnixFileMode);
    }
}
