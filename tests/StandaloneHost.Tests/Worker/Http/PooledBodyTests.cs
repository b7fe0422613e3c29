using Microsoft.AspNetCore.Http;
using Quorum.StandaloneHost.Hosting.Http;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

/// <summary>The body of a request or response: to a function it is a stream like any other.</summary>
public sealed class PooledBodyTests
{
    [Fact]
    public void It_reads_writes_and_seeks_as_a_MemoryStream_does()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            using var expected = new MemoryStream();
            using var body = new PooledBody();
            for (var n = 0; n < 40; n++)
            {
                var operation = random.Next(7);
                var size = random.Next(4) == 0 ? 0 : random.Next(10_000);
                Assert.Equal(
                    (seed, n, operation, Do(expected, operation, size, seed)),
                    (seed, n, operation, Do(body, operation, size, seed))
                );
                Assert.Equal((expected.Length, expected.Position), (body.Length, body.Position));
            }

            Assert.Equal(expected.ToArray(), body.Written.ToArray());
        }
    }

    [Fact]
    public void Beyond_its_end_there_is_nothing_to_read()
    {
        using var body = new PooledBody();
        body.Position = 1_000_000;

        Assert.Equal(0, body.Read(new byte[10]));
        Assert.Equal(-1, body.ReadByte());
        Assert.Equal((0, 1_000_000), (body.Length, body.Position));
    }

    [Fact]
    public void It_is_a_buffer_that_takes_no_more_than_it_gave()
    {
        using var body = new PooledBody();
        var memory = body.GetMemory(10);
        "text"u8.CopyTo(memory.Span);
        body.Advance(4);

        Assert.Equal("text"u8.ToArray(), body.Written.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => body.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => body.Advance(memory.Length));
        Assert.Equal(4, body.Length);
    }

    [Fact]
    public void After_its_request_it_is_closed()
    {
        var body = new PooledBody();
        body.Write("text"u8);
        body.Dispose();
        body.Dispose(); // its memory was given back once

        Assert.Equal((false, false, false), (body.CanRead, body.CanSeek, body.CanWrite));
        Assert.Throws<ObjectDisposedException>(() => body.Read(new byte[1]));
        Assert.Throws<ObjectDisposedException>(() => body.Write("x"u8));
        Assert.Throws<ObjectDisposedException>(() => body.Written.Length);
    }

    [Fact]
    public void Without_memory_for_more_a_write_is_a_503_and_what_was_written_stays()
    {
        var memory = new BodyMemory(16 * 1024);
        using (var body = new PooledBody(memory))
        {
            body.Write(new byte[10_000]);

            Assert.Equal(503, Assert.Throws<BadHttpRequestException>(() => body.Write(new byte[10_000])).StatusCode);
            Assert.Equal(10_000, body.Length);
        }

        using var next = new PooledBody(memory);
        next.Write(new byte[10_000]); // all was given back
    }

    /// <summary>Does one operation, and returns what it gave.</summary>
    private static string Do(Stream stream, int operation, int size, int seed)
    {
        switch (operation)
        {
            case 0:
            case 1:
                var written = new byte[Math.Max(size, 1)]; // an empty write beyond the end lengthens a MemoryStream, and no other stream
                new Random(seed ^ size).NextBytes(written);
                stream.Write(written);
                return "";
            case 2:
            case 3:
                var read = new byte[size];
                var count = stream.Read(read, 0, size);
                return Convert.ToHexString(read.AsSpan(0, count));
            case 4:
                stream.Position = 2L * size;
                return "";
            case 5:
                return $"{stream.Seek(-Math.Min(size, stream.Length), SeekOrigin.End)} {stream.Seek(size, SeekOrigin.Current)}";
            default:
                stream.SetLength(size);
                return "";
        }
    }
}
