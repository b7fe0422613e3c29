using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>A body in pooled memory: a stream to those who want one, a buffer to those who can write straight into it.
/// Its memory goes back to the pool with the request that it belongs to; after that it is closed.</summary>
/// <param name="memory">Counts the memory that this and other bodies take; <see langword="null"/>: it is not counted.</param>
internal sealed class PooledBody(BodyMemory? memory = null) : Stream, IBufferWriter<byte>
{
    private const int SmallestBuffer = 4096;
    private byte[] _buffer = [];
    private int _length;
    private int _position;
    private bool _closed;

    public override bool CanRead => !_closed;

    public override bool CanSeek => !_closed;

    public override bool CanWrite => !_closed;

    public override long Length => Open()._length;

    public override long Position
    {
        get => Open()._position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Array.MaxLength);
            Open()._position = (int)value;
        }
    }

    /// <summary>All that was written, wherever the position stands.</summary>
    public ReadOnlyMemory<byte> Written => Open()._buffer.AsMemory(0, _length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - Open()._position);
        _position += count;
        _length = Math.Max(_length, _position);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_position);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_position);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!buffer.IsEmpty)
        {
            buffer.CopyTo(GetSpan(buffer.Length));
            Advance(buffer.Length);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override int Read(Span<byte> buffer)
    {
        var count = Math.Clamp(Open()._length - _position, 0, buffer.Length);
        if (count > 0)
        {
            _buffer.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
        }

        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override long Seek(long offset, SeekOrigin origin) =>
        Position =
            offset
            + origin switch
            {
                SeekOrigin.Begin => 0,
                SeekOrigin.Current => _position,
                SeekOrigin.End => _length,
                _ => throw new ArgumentOutOfRangeException(nameof(origin)),
            };

    public override void SetLength(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Array.MaxLength);
        var length = (int)value;
        if (length > Open()._length)
        {
            Grow(length);
            _buffer.AsSpan(_length, length - _length).Clear();
        }

        _length = length;
        _position = Math.Min(_position, length);
    }

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        if (!_closed)
        {
            _closed = true;
            if (_buffer.Length > 0)
            {
                memory?.Release(_buffer.Length);
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = [];
            }
        }

        base.Dispose(disposing);
    }

    private PooledBody Open()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return this;
    }

    private void Reserve(int sizeHint)
    {
        var needed = Open()._position + Math.Max(sizeHint, 1);
        if (needed > _buffer.Length)
        {
            Grow(needed);
        }

        if (_position > _length)
        {
            _buffer.AsSpan(_length, _position - _length).Clear();
        }
    }

    private void Grow(int needed)
    {
        if (needed <= _buffer.Length)
        {
            return;
        }

        var doubled = (int)Math.Min((long)_buffer.Length * 2, Array.MaxLength);
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(needed, doubled), SmallestBuffer));
        if (memory is not null && !memory.TryTake(larger.Length - _buffer.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            throw new BadHttpRequestException("The bodies of the requests in flight use all of their memory.", 503);
        }

        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
