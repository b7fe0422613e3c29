using BenchmarkDotNet.Attributes;

namespace Quorum.Microbenchmarks.Orchestrations;

/// <summary>A history run over again, as after a takeover: the whole of <c>AggregateQuote</c> up to its last wait.</summary>
[MemoryDiagnoser]
public class Replaying
{
    private readonly RecordedInstance _recorded = new();

    [GlobalSetup]
    public void Check()
    {
        var execution = _recorded.CreateExecution();
        var open = execution.Replay(_recorded.History).Count;
        if (open != 1 || execution.Completion is not null)
        {
            throw new InvalidOperationException($"The recorded history leaves {open} activities open, not the publication alone.");
        }
    }

    /// <returns>How many things asked for have no result yet.</returns>
    [Benchmark]
    public int Replay() => _recorded.CreateExecution().Replay(_recorded.History).Count;
}
