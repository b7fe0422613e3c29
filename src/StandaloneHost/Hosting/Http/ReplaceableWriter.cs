using System.IO.Pipelines;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Passes a connection's output on, until an answer is put in the place of what comes next.</summary>
internal sealed class ReplaceableWriter(PipeWriter connection) : PipeWriter
{
    private byte[]? _answer;
    private byte[] _discarded = [];

    public bool IsReplaced { get; private set; }

    public override bool CanGetUnflushedBytes => connection.CanGetUnflushedBytes;

    public override long UnflushedBytes => connection.UnflushedBytes;

    /// <summary>Sends these bytes instead of all that is written from now on.</summary>
    public void ReplaceWith(byte[] answer)
    {
        _answer = answer;
        IsReplaced = true;
    }

    public override void Advance(int bytes)
    {
        if (!IsReplaced)
        {
            connection.Advance(bytes);
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => IsReplaced ? Discarded(sizeHint) : connection.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => IsReplaced ? Discarded(sizeHint) : connection.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _answer, null) is { } answer)
        {
            return connection.WriteAsync(answer, cancellationToken);
        }

        return connection.FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        IsReplaced ? FlushAsync(cancellationToken) : connection.WriteAsync(source, cancellationToken);

    public override void CancelPendingFlush() => connection.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => connection.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => connection.CompleteAsync(exception);

    private byte[] Discarded(int sizeHint)
    {
        const int Enough = 4096;
        if (_discarded.Length < Math.Max(sizeHint, Enough))
        {
            _discarded = new byte[Math.Max(sizeHint, Enough)];
        }

        return _discarded;
    }
}
