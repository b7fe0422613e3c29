using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Quorum.Faults;

/// <summary>One request and its answer.</summary>
/// <param name="Status">HTTP status; 0 without an answer.</param>
/// <param name="Start">A timestamp of <see cref="Stopwatch"/>.</param>
internal sealed record QuoteReply(string Ticker, int Status, long Start, TimeSpan Took, JsonNode? Body)
{
    public string? InstanceId => Body?["instanceId"]?.ToString() ?? Body?["id"]?.ToString();

    public JsonNode? Provider(string id) => Body?["providers"]?.AsArray().FirstOrDefault(provider => provider?["id"]?.ToString() == id);

    public string OutcomeOf(string id) => Provider(id)?["outcome"]?.ToString() ?? $"HTTP {Status}";

    /// <summary>True if the budget ended before the answers were merged, so that no provider contributed.</summary>
    public bool IsStandIn => Body?["completeness"]?.ToString() == "stale";

    /// <summary>Returns true if the provider's own quote is marked stale.</summary>
    public bool IsStale(string id) => Provider(id)?["quote"]?["stale"]?.GetValue<bool>() == true;

    /// <summary>Returns true if the provider's quote was left out.</summary>
    public bool IsSetAside(string id) =>
        Provider(id)?["quote"]?["suspect"] is not null
        || Body?["quality"]?["outliers"]?.AsArray().Any(outlier => outlier?.ToString() == id) == true;

    /// <summary>Returns true if the provider's quote is not real-time, and so has no weight beside those that are.</summary>
    public bool IsOfLessWeight(string id) => Provider(id)?["quote"]?["freshness"]?.ToString() is "delayed" or "end-of-day";

    /// <summary>Returns true if the provider has answered and its quote counts.</summary>
    public bool IsWell(string id) => OutcomeOf(id) == "ok" && !IsStale(id) && !IsSetAside(id);

    /// <summary>True if the answer says itself that its price is not to be relied on.</summary>
    public bool IsUnsure => Body?["quality"]?["confidence"]?.GetValue<double>() <= 0.5;

    /// <summary>
    /// Returns true if the price lies between the lowest and the highest quote that counts, without those of <paramref name="liars"/>.
    /// </summary>
    public bool IsHonest(IReadOnlyCollection<string> liars)
    {
        if (Body?["price"] is not { } price)
        {
            return true;
        }

        var prices = Body["providers"]!
            .AsArray()
            .Where(provider => provider?["quote"]?["price"] is not null && !liars.Contains(provider["id"]!.ToString()))
            .Select(provider => (decimal)provider!["quote"]!["price"]!)
            .ToList();
        return prices.Count == 0 || ((decimal)price >= prices.Min() && (decimal)price <= prices.Max());
    }
}

/// <summary>Requests quotes from the app, each of another symbol, so that no answer comes from a cache.</summary>
internal sealed class QuoteClient(Uri app) : IDisposable
{
    public const int BudgetMs = 300;

    private static int _next;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = app,
        Timeout = TimeSpan.FromSeconds(20),
    };

    public async Task<QuoteReply> AskAsync(CancellationToken cancellationToken)
    {
        var ticker = $"T{(Interlocked.Increment(ref _next) % 2000) + 1:0000}";
        var start = Stopwatch.GetTimestamp();
        try
        {
            using var response = await _http.GetAsync(
                new Uri($"api/quotes/{ticker}?maxAge=0&budget={BudgetMs}", UriKind.Relative),
                cancellationToken
            );
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return new QuoteReply(
                ticker,
                (int)response.StatusCode,
                start,
                Stopwatch.GetElapsedTime(start),
                body.Length > 0 ? JsonNode.Parse(body) : null
            );
        }
        catch (Exception exception) when (exception is HttpRequestException || !cancellationToken.IsCancellationRequested)
        {
            return new QuoteReply(ticker, 0, start, Stopwatch.GetElapsedTime(start), null);
        }
    }

    /// <summary>Sends a number of requests, four at a time.</summary>
    public async Task<IReadOnlyList<QuoteReply>> AskAsync(int requests, CancellationToken cancellationToken)
    {
        var answers = new QuoteReply[requests];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, requests),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (i, cancellation) => answers[i] = await AskAsync(cancellation)
        );
        return answers;
    }

    public void Dispose() => _http.Dispose();
}
