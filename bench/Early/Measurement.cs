using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Quorum.MarketData;

namespace Quorum.Early;

/// <summary>Measures early answers one at a time, and compares each with the complete quote that follows it.</summary>
internal sealed class Measurement(Uri app, string simulator, EarlyArguments arguments) : IDisposable
{
    private const int BudgetMs = 1_000;

    /// <summary>The maximum number of times that a complete quote is looked for; each waits for a fifth of a second.</summary>
    private const int MaxLooks = 50;

    private const double SlowFactor = 10;

    private static int _next;

    private readonly HttpClient _app = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = app };
    private readonly HttpClient _admin = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(simulator + "/admin/") };

    public async Task<Findings> MeasureAsync(Condition condition, CancellationToken cancellationToken)
    {
        var usual = await LatenciesAsync(cancellationToken);
        await ApplyAsync(condition, usual, cancellationToken);
        try
        {
            await AskAsync(Math.Min(20, arguments.Requests), cancellationToken); // warm-up
            var answers = await AskAsync(arguments.Requests, cancellationToken);
            var differences = new List<double>();
            foreach (var answer in answers.Where(answer => answer is { IsEarly: true, InstanceId: not null }))
            {
                if (await CompletePriceAsync(answer, cancellationToken) is { } complete && answer.Price is { } early)
                {
                    differences.Add((double)(Math.Abs(early - complete) / complete) * 10_000);
                }
            }

            return new Findings(
                condition,
                answers.Count,
                answers.Count(answer => answer.Price is not null),
                answers.Count(answer => answer.IsEarly),
                [.. answers.Select(answer => answer.Took).Order()],
                [.. differences.Order()]
            );
        }
        finally
        {
            await MendAsync(usual, CancellationToken.None);
        }
    }

    public void Dispose()
    {
        _app.Dispose();
        _admin.Dispose();
    }

    private async Task<List<Answer>> AskAsync(int requests, CancellationToken cancellationToken)
    {
        var answers = new List<Answer>(requests);
        for (var i = 0; i < requests; i++)
        {
            var ticker = $"T{(_next++ % 2000) + 1:0000}"; // another symbol each time, so that no answer comes from a cache
            var start = Stopwatch.GetTimestamp();
            using var response = await _app.GetAsync(
                new Uri($"api/quotes/{ticker}?maxAge=0&budget={BudgetMs}&agree={arguments.Agree}", UriKind.Relative),
                cancellationToken
            );
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            var took = Stopwatch.GetElapsedTime(start);
            var body = text.Length > 0 ? JsonNode.Parse(text) : null;
            answers.Add(
                new Answer(
                    ticker,
                    took,
                    (decimal?)body?["price"],
                    body?["completeness"]?.ToString() == "agreed",
                    body?["instanceId"]?.ToString()
                )
            );
        }

        return answers;
    }

    /// <summary>Returns the price of all providers; <see langword="null"/> when it does not come.</summary>
    private async Task<decimal?> CompletePriceAsync(Answer early, CancellationToken cancellationToken)
    {
        for (var look = 0; look < MaxLooks; look++)
        {
            using var response = await _app.GetAsync(
                new Uri($"api/quotes/{early.Ticker}?instance={early.InstanceId}", UriKind.Relative),
                cancellationToken
            );
            if (
                response.IsSuccessStatusCode
                && JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken)) is { } body
                && body["completeness"] is { } completeness
                && completeness.ToString() != "agreed"
            )
            {
                return (decimal?)body["price"];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }

        return null;
    }

    private async Task ApplyAsync(Condition condition, Dictionary<string, double> usual, CancellationToken cancellationToken)
    {
        if (condition.Slow.Count > 0)
        {
            await SetMediansAsync(
                condition.Slow.ToDictionary(provider => provider.ToString(), provider => usual[provider.ToString()] * SlowFactor),
                cancellationToken
            );
        }

        foreach (var provider in condition.Hanging)
        {
            using var response = await _admin.PostAsJsonAsync(
                "faults",
                new { provider = provider.ToString(), kind = "hang" },
                cancellationToken
            );
            response.EnsureSuccessStatusCode();
        }
    }

    private async Task MendAsync(Dictionary<string, double> usual, CancellationToken cancellationToken)
    {
        await SetMediansAsync(usual, cancellationToken);
        using var response = await _admin.DeleteAsync(new Uri("faults", UriKind.Relative), cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The median latency of each provider, in milliseconds.</summary>
    private async Task<Dictionary<string, double>> LatenciesAsync(CancellationToken cancellationToken)
    {
        var state = await _admin.GetFromJsonAsync<JsonObject>("latency", cancellationToken);
        return ProviderId.All.ToDictionary(
            provider => provider.ToString(),
            provider => (double)state!["providers"]![provider.ToString()]!["medianMs"]! // the simulator has all six
        );
    }

    private async Task SetMediansAsync(Dictionary<string, double> medians, CancellationToken cancellationToken)
    {
        var order = new { providers = medians.ToDictionary(median => median.Key, median => new { medianMs = median.Value }) };
        using var response = await _admin.PostAsJsonAsync("latency", order, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private sealed record Answer(string Ticker, TimeSpan Took, decimal? Price, bool IsEarly, string? InstanceId);
}
