using BenchmarkDotNet.Attributes;
using Quorum.MarketData;

namespace Quorum.Microbenchmarks.Quotes;

/// <summary>Merges six quotes into one.</summary>
[MemoryDiagnoser]
public class Merging
{
    private FetchOutcome[] _outcomes = [];
    private ReferenceData _reference = new();

    [GlobalSetup]
    public void Prepare()
    {
        _outcomes =
        [
            .. ProviderId.All.Select(provider => new FetchOutcome
            {
                Provider = provider,
                Status = FetchStatus.Ok,
                Quote = RecordedAnswers.Quote(provider),
                LatencyMs = 1,
                Attempts = 1,
            }),
        ];
        _reference = new ReferenceData
        {
            Instrument = RecordedAnswers.Apple,
            LastKnown = [.. _outcomes.Select(outcome => new StoredQuote(outcome.Provider, outcome.Quote!))], // each has a quote
        };
        if (Merge().Completeness != Completeness.Complete)
        {
            throw new InvalidOperationException("The recorded answers do not make a complete quote.");
        }
    }

    [Benchmark]
    public ConsolidatedQuote Merge() => QuoteMerger.Merge(RecordedAnswers.Apple.Symbol, _reference, _outcomes, RecordedAnswers.ReceivedAt);
}
