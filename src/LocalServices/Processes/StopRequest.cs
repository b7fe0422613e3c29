using System.Runtime.InteropServices;

namespace Quorum.LocalServices.Processes;

/// <summary>A request to stop: Ctrl+C, SIGTERM, a closed terminal, or the end of the <c>dotnet run</c> that started this process.</summary>
/// <remarks>The first request stops in order; a second ends the process and its children at once.</remarks>
public sealed class StopRequest : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Timer? _parentWatch;

    public StopRequest()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle),
        ];
        _parentWatch = ParentProcess.Watch(_source.Cancel);
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _parentWatch?.Dispose();
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        _source.Cancel();
    }
}
