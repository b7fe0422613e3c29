using System.Net;
using System.Net.Sockets;
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
}
