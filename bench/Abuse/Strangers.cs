using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Quorum.Harness;

namespace Quorum.Abuse;

/// <summary>Callers without a key: bytes on connections of their own.</summary>
internal sealed class Strangers(AppProcess app)
{
    private const int MiB = 1024 * 1024;

    /// <summary>Twelve connections that each send a body of 100 MB.</summary>
    public async Task<Finding> SendBodiesAsync(CancellationToken cancellationToken)
    {
        const int Connections = 12;
        var chunk = new byte[MiB];
        var memory = await WhileAsync(
            Task.WhenAll(
                Enumerable
                    .Range(0, Connections)
                    .Select(async number =>
                    {
                        var request = number % 2 == 0 ? "GET /api/health/live" : "POST /api/batches";
                        using var client = await OpenAsync(cancellationToken);
                        try
                        {
                            await client
                                .GetStream()
                                .WriteAsync(
                                    Encoding.ASCII.GetBytes(
                                        $"{request} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {100 * MiB}\r\n\r\n"
                                    ),
                                    cancellationToken
                                );
                            for (var sent = 0; sent < 100; sent++)
                            {
                                await client.GetStream().WriteAsync(chunk, cancellationToken);
                            }
                        }
                        catch (IOException)
                        {
                            // The app has answered and closed the connection.
                        }
                    })
            ),
            cancellationToken
        );
        return new Finding($"{Connections} bodies of 100 MB, without a key", memory / MiB, "MiB of memory", 128);
    }

    /// <summary>Three thousand connections that send nothing.</summary>
    public async Task<Finding> ConnectAsync(CancellationToken cancellationToken)
    {
        const int Connections = 3_000;
        var clients = new List<TcpClient>();
        try
        {
            var memory = await WhileAsync(OpenAllAsync(), cancellationToken);
            return new Finding($"{Connections:N0} idle connections, without a key", memory / MiB, "MiB of memory", 256);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        async Task OpenAllAsync()
        {
            for (var number = 0; number < Connections; number++)
            {
                clients.Add(await OpenAsync(cancellationToken));
            }
        }
    }

    /// <summary>Twenty thousand requests with a chunk size that is no number.</summary>
    public async Task<Finding> SendBrokenRequestsAsync(string log, CancellationToken cancellationToken)
    {
        const int Requests = 20_000;
        var before = new FileInfo(log).Length;
        var request = "POST /api/batches HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"u8.ToArray();
        await Parallel.ForAsync(
            0,
            Requests,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken },
            async (_, stop) =>
            {
                using var client = await OpenAsync(stop);
                try
                {
                    await client.GetStream().WriteAsync(request, stop);
                    var answer = new byte[1024];
                    while (await client.GetStream().ReadAsync(answer, stop) > 0) { }
                }
                catch (IOException)
                {
                    // Closed without an answer.
                }
            }
        );
        return new Finding($"{Requests:N0} broken requests, without a key", (new FileInfo(log).Length - before) / 1024, "KiB of log", 64);
    }

    private async Task<TcpClient> OpenAsync(CancellationToken cancellationToken)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(app.Address.Host, app.Address.Port, cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Returns the growth of the app's memory while a task runs, at its highest, in bytes.</summary>
    private async Task<long> WhileAsync(Task task, CancellationToken cancellationToken)
    {
        using var process = Process.GetProcessById(app.ProcessId);
        var before = process.WorkingSet64;
        var highest = before;
        do
        {
            await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken));
            process.Refresh();
            highest = Math.Max(highest, process.WorkingSet64);
        } while (!task.IsCompleted);

        await task;
        return highest - before;
    }
}
