using BenchmarkDotNet.Attributes;
using Quorum.StandaloneHost.DurableTask.Execution;

namespace Quorum.Microbenchmarks.Orchestrations;

/// <summary>The turns of one <c>AggregateQuote</c> that stays in memory, merge included, without the commit.</summary>
[MemoryDiagnoser]
public class Turns
{
    private const int Instances = 512;
    private const int WarmUpRounds = 30;

    private readonly RecordedInstance _recorded = new();
    private readonly OrchestrationExecution[] _waiting = new OrchestrationExecution[Instances];

    /// <summary>One round is one invocation for BenchmarkDotNet, whose own warm-up ends before the compiler has got to its faster code.</summary>
    [GlobalSetup(Target = nameof(FanIn))]
    public void WarmUp()
    {
        for (var i = 0; i < WarmUpRounds; i++)
        {
            StartInstances();
            _ = FanIn();
        }
    }

    /// <summary>A turn can run once, so each iteration has its own instances, which wait for their seven results.</summary>
    [IterationSetup(Target = nameof(FanIn))]
    public void StartInstances()
    {
        for (var i = 0; i < _waiting.Length; i++)
        {
            _waiting[i] = _recorded.CreateExecution();
            _waiting[i].Start();
            _ = _waiting[i].TakeNewActions();
        }
    }

    /// <summary>The first turn: seven activities asked for.</summary>
    [Benchmark]
    public int FanOut()
    {
        var execution = _recorded.CreateExecution();
        execution.Start();
        return execution.TakeNewActions().Count;
    }

    /// <summary>The turn that brings seven results: read, merged, and the publication asked for.</summary>
    [Benchmark(OperationsPerInvoke = Instances)]
    public int FanIn()
    {
        var asked = 0;
        var results = _recorded.Results;
        foreach (var execution in _waiting)
        {
            for (var i = 0; i < results.Count; i++)
            {
                execution.Deliver(results[i]);
            }

            asked += execution.TakeNewActions().Count;
        }

        return asked == Instances ? asked : throw new InvalidOperationException($"{asked} publications were asked for, not {Instances}.");
    }
}
