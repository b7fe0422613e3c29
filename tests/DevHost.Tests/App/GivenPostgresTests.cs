using System.Net;
using System.Net.Sockets;
using Quorum.DevHost.App;
using Quorum.LocalServices;

namespace Quorum.DevHost.Tests.App;

public sealed class GivenPostgresTests : IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly Socket _closed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public GivenPostgresTests()
    {
        _server.Start();
        _closed.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // has a port, and refuses connections
    }

    private int OpenPort => ((IPEndPoint)_server.LocalEndpoint).Port;

    private int ClosedPort => ((IPEndPoint)_closed.LocalEndPoint!).Port; // bound

    [Theory]
    [InlineData("Host=127.0.0.1;Port={0};Password=hidden")]
    [InlineData("Server=127.0.0.1;port={0}")]
    [InlineData("Host=127.0.0.1:{0}")]
    [InlineData("Host=127.0.0.1:{1}, 127.0.0.1:{0}")] // one of several is enough
    [InlineData("Host=127.0.0.1,127.0.0.1:{1};Port={0}")]
    [InlineData("Host=/var/run/postgresql")]
    public Task Server_that_listens_is_accepted(string connectionString) => RequireAsync(connectionString);

    [Theory]
    [InlineData("Host=127.0.0.1;Port={1};Password=hidden", "PostgreSQL does not answer: 127.0.0.1:{1}: ")]
    [InlineData("Host=127.0.0.1:{1},localhost;Port={1}", "; localhost:{1}: ")]
    [InlineData("Host=::1;Port={1}", "PostgreSQL does not answer: ::1:{1}: ")]
    [InlineData("Host=[::1]:{1};Port={0}", "PostgreSQL does not answer: [::1]:{1}: ")]
    [InlineData(
        "Host=127.0.0.1;Port={1}",
        "ConnectionStrings__Quorum names it: start the server, correct the setting, or remove the setting"
    )]
    public async Task Server_that_does_not_listen_is_named_with_its_port_and_the_remedies(string connectionString, string text)
    {
        var error = await Assert.ThrowsAsync<LocalServiceException>(() => RequireAsync(connectionString));

        Assert.Contains(Filled(text), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://user:hidden@127.0.0.1/quorum", "must be of the form Host=...;")]
    [InlineData("Password=hidden", "must name a Host.")]
    [InlineData("Host=;Password=hidden", "must name a Host.")]
    [InlineData("Host=,;Password=hidden", "must name a Host.")]
    public async Task Connection_string_without_a_host_is_refused_without_its_value(string connectionString, string rule)
    {
        var error = await Assert.ThrowsAsync<LocalServiceException>(() => RequireAsync(connectionString));

        Assert.StartsWith($"ConnectionStrings__Quorum {rule}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_request_ends_the_attempt()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            GivenPostgres.RequireReachableAsync($"Host=127.0.0.1;Port={OpenPort}", stop.Token)
        );
    }

    public void Dispose()
    {
        _server.Dispose();
        _closed.Dispose();
    }

    private Task RequireAsync(string connectionString) =>
        GivenPostgres.RequireReachableAsync(Filled(connectionString), CancellationToken.None);

    /// <summary>Puts in the port of a server, and one where none listens.</summary>
    private string Filled(string text) =>
        text.Replace("{0}", $"{OpenPort}", StringComparison.Ordinal).Replace("{1}", $"{ClosedPort}", StringComparison.Ordinal);
}
