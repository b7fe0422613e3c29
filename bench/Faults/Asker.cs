using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Quorum.Faults;

/// <summary>One request and what came of it.</summary>
/// <param name="Status">0 when there was no answer at all.</param>
/// <param name="Start">A timestamp of <see cref="Stopwatch"/>.</param>
internal sealed record Asked(string Ticker, int Status, long Start, TimeSpan Took, JsonNode? Body)
{
    public string? InstanceId => Body?["instanceId"]?.ToString() ?? Body?["id"]?.ToString();

    public JsonNode? Provider(string id) => Body?["providers"]?.AsArray().FirstOrDefault(provider => provider?["id"]?.ToString() == id);

    public string OutcomeOf(string id) => Provider(id)?["outcome"]?.ToString() ?? $"HTTP {Status}";

    /// <summary>The budget ended before the answers were merged: no provider has a say.</summary>
    public bool IsStandIn => Body?["completeness"]?.ToString() == "stale";

    /// <summary>The provider's own quote, of another time than it should be.</summary>
    public bool IsStale(string id) => Provider(id)?["quote"]?["stale"]?.GetValue<bool>() == true;

    /// <summary>The provider's quote counts for nothing.</summary>
    public bool IsSetAside(string id) =>
        Provider(id)?["quote"]?["suspect"] is not null
        || Body?["quality"]?["outliers"]?.AsArray().Any(outlier => outlier?.ToString() == id) == true;

    /// <summary>The provider's quote is not of the moment, and so weighs nothing beside those that are.</summary>
    public bool IsOfLessWeight(string id) => Provider(id)?["quote"]?["freshness"]?.ToString() is "delayed" or "end-of-day";

    /// <summary>The provider has answered, and its quote counts.</summary>
    public bool IsWell(string id) => OutcomeOf(id) == "ok" && !IsStale(id) && !IsSetAside(id);

    /// <summary>Whether the price lies between the lowest and the highest of the quotes that count, those of <paramref name="liars"/> left
    /// out.</summary>
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

/// <summary>Asks the app for quotes, each time of another symbol, so that no answer comes from memory.</summary>
internal sealed class Asker(Uri app) : IDisposable
{
    public const int BudgetMs = 300;

    private static int _next;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = app,
        Timeout = TimeSpan.FromSeconds(20),
    };

    public async Task<Asked> AskAsync(CancellationToken cancellationToken)
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
            return new Asked(
                ticker,
                (int)response.StatusCode,
                start,
                Stopwatch.GetElapsedTime(start),
                body.Length > 0 ? JsonNode.Parse(body) : null
            );
        }
        catch (Exception exception) when (exception is HttpRequestException || !cancellationToken.IsCancellationRequested)
        {
            return new Asked(ticker, 0, start, Stopwatch.GetElapsedTime(start), null);
        }
    }

    /// <summary>So many requests, four at a time.</summary>
    public async Task<IReadOnlyList<Asked>> AskAsync(int requests, CancellationToken cancellationToken)
    {
        var answers = new Asked[requests];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, requests),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (i, cancellation) => answers[i] = await AskAsync(cancellation)
        );
        return answers;
    }

    public void Dispose() => _http.Dispose();
}
