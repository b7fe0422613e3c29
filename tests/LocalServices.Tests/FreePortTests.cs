using System.Net;
using System.Net.Sockets;

namespace Quorum.LocalServices.Tests;

public sealed class FreePortTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public void Port_is_taken_while_a_program_listens_on_this_machines_address_or_on_all(string address)
    {
        using var server = new TcpListener(IPAddress.Parse(address), 0);
        server.Start();

        Assert.False(FreePort.IsFree(((IPEndPoint)server.LocalEndpoint).Port));
    }

    [Fact]
    public void Free_port_can_be_listened_on()
    {
        var port = FreePort.Find();

        Assert.True(FreePort.IsFree(port));
        using var server = new TcpListener(IPAddress.Loopback, port);
        server.Start();
        Assert.False(FreePort.IsFree(port));
    }
}
