using BenchmarkDotNet.Attributes;
using Quorum.MarketData;
using Quorum.Providers;

namespace Quorum.Microbenchmarks.Quotes;

/// <summary>Turns the bytes of one provider's answer into a normalized quote.</summary>
[MemoryDiagnoser]
public class Normalizing : IDisposable
{
    private readonly HttpResponseMessage _response = new();
    private IProviderAdapter? _adapter;
    private ProviderListing? _listing;
    private byte[] _body = [];

    [ParamsSource(nameof(Providers))]
    public string Provider { get; set; } = "";

    public static IEnumerable<string> Providers => ProviderId.All.Select(provider => provider.ToString());

    [GlobalSetup]
    public void Prepare()
    {
        if (!ProviderId.TryParse(Provider, out var provider))
        {
            throw new InvalidOperationException($"There is no provider {Provider}.");
        }

        _ = RecordedAnswers.Quote(provider); // fails if the recording is invalid
        _adapter = RecordedAnswers.Adapter(provider);
        _listing = RecordedAnswers.Listing(provider);
        _body = RecordedAnswers.Body(provider);
    }

    [Benchmark]
    public ProviderQuote? Normalize() =>
        // Both set by Prepare.
        Judge.Decide(_adapter!, new ProviderAnswer(200, _body, _response.Headers, RecordedAnswers.ReceivedAt), _listing!).Quote;

    [GlobalCleanup]
    public void Dispose()
    {
        _response.Dispose();
        GC.SuppressFinalize(this);
    }
}
