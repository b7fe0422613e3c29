using BenchmarkDotNet.Attributes;
using Quorum.StandaloneHost.DurableTask.History;

namespace Quorum.Microbenchmarks.Orchestrations;

/// <summary>A history of sixteen events to JSON and back.</summary>
[MemoryDiagnoser]
public class HistoryCoding
{
    private readonly RecordedInstance _recorded = new();
    private byte[] _written = [];

    [GlobalSetup]
    public void Prepare() => _written = Write();

    [Benchmark]
    public byte[] Write() => HistoryCodec.WriteAll(_recorded.History);

    /// <returns>How many events there are.</returns>
    [Benchmark]
    public int Read() => HistoryCodec.ReadAll(_written).Count;
}
