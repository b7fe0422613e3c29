using System.Text.Json;

namespace Quorum.StandaloneHost.DurableTask.Execution;

/// <summary>A task that the orchestrator holds and history will complete.</summary>
internal interface IOpenTask
{
    /// <summary>How errors name it.</summary>
    string Name { get; }

    void Complete(Payload result);

    void Fail(Exception exception);

    void Cancel(CancellationToken cancellationToken);
}

/// <summary>Continuations run inside the turn: the source has no asynchronous continuations on purpose.</summary>
internal sealed class OpenTask<TResult>(string name, PayloadSerializer serializer) : IOpenTask
{
#pragma warning disable VSTHRD012, MA0173 // inline continuations are what keeps the orchestrator on its turn's thread
    private readonly TaskCompletionSource<TResult> _source = new();
#pragma warning restore VSTHRD012, MA0173

    public string Name { get; } = name;

    public Task<TResult> Task => _source.Task;

    public void Complete(Payload result)
    {
        TResult? value;
        try
        {
            value = serializer.Deserialize<TResult>(result);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            _source.TrySetException(e);
            return;
        }

        _source.TrySetResult(value!); // null where the callee returned none: the caller's type says whether that can be
    }

    public void Fail(Exception exception) => _source.TrySetException(exception);

    public void Cancel(CancellationToken cancellationToken) => _source.TrySetCanceled(cancellationToken);
}
