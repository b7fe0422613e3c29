using System.Runtime.InteropServices;

namespace Quorum.DevHost.Stopping;

/// <summary>A request to stop: Ctrl+C, SIGTERM, a closed terminal, or the end of the <c>dotnet run</c> that started this process.</summary>
/// <remarks>The first request stops in order; a second ends the process and its children at once.</remarks>
internal sealed class StopRequest : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private readonly Timer? parentWatch;

    public StopRequest()
    {
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle),
        ];
        parentWatch = ParentProcess.Watch(source.Cancel);
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        parentWatch?.Dispose();
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (source.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        source.Cancel();
    }
}
