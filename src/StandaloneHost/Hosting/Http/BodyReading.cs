using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Reads request bodies whole, within the time for one and the memory for all of them.</summary>
internal sealed class BodyReading(HttpSettings settings, TimeProvider time)
{
    public BodyMemory Memory { get; } = new(settings.MaxBodyMemory);

    /// <summary>Reads the body into <paramref name="body"/>, and sets its position to the start.</summary>
    /// <exception cref="BadHttpRequestException">It is larger than allowed, broken, too slow, or the client left before its
    /// end.</exception>
    public async ValueTask ReadAsync(PipeReader reader, PooledBody body, CancellationToken aborted)
    {
        CancellationTokenSource? timeout = null,
            either = null;
        try
        {
            while (true)
            {
                if (!reader.TryRead(out var read))
                {
                    timeout ??= new CancellationTokenSource(settings.BodyTimeout, time);
                    either ??= CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, aborted);
                    read = await reader.ReadAsync(either.Token);
                }

                foreach (var segment in read.Buffer)
                {
                    body.Write(segment.Span);
                }

                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            body.Position = 0;
        }
        catch (OperationCanceledException late) when (timeout?.IsCancellationRequested == true && !aborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException("The body was not received in time.", StatusCodes.Status408RequestTimeout, late);
        }
        catch (Exception gone) when (gone is ConnectionAbortedException or IOException and not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The connection ended within the body.", gone);
        }
        finally
        {
            either?.Dispose();
            timeout?.Dispose();
        }
    }
}
