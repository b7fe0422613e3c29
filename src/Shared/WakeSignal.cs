namespace Quorum.Shared;

/// <summary>Signals that there may be something to do. Signals that are set before the wait count as one.</summary>
internal sealed class WakeSignal : IDisposable
{
    private readonly SemaphoreSlim _set = new(0, 1);
    private bool _isDisposed;

    /// <summary>Sets it; does nothing after <see cref="Dispose"/>.</summary>
    public void Set()
    {
        lock (_set)
        {
            if (!_isDisposed && _set.CurrentCount == 0)
            {
                _set.Release();
            }
        }
    }

    /// <summary>Waits until it is set, or until the time ends.</summary>
    /// <returns>False if the time has ended.</returns>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _set.WaitAsync(atMost, cancellationToken);

    public void Dispose()
    {
        lock (_set)
        {
            _isDisposed = true;
            _set.Dispose();
        }
    }
}
