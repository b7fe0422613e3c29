using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Quorum.MarketData;
using Quorum.Providers.Tests;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Every recorded answer, sent by a plain HTTP server to the whole app, comes out of the API as the rules ask.</summary>
public sealed class RecordedAnswersTests
{
    /// <summary>Long enough for a busy machine; a provider that says to come back sooner would be asked again.</summary>
    private const int BudgetSeconds = 5;

    public static TheoryData<string> Providers => [.. ProviderId.All.Select(provider => provider.ToString())];

    [Theory, MemberData(nameof(Providers))]
    public async Task What_a_provider_answered_comes_out_of_the_API_as_the_rules_ask(string provider)
    {
        var id = ProviderId.All.Single(known => known.ToString() == provider);
        var book = BookedAnswer.Of(id).Where(answer => answer.Plan is null && answer.RetryAfterSeconds is not <= BudgetSeconds).ToList();
        BookedAnswer playing = book[0];
        await using var server = await HttpStandIn.StartAsync(context => PlayAsync(context, playing));
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(
            database,
            new Uri(server.Address),
            $"Providers:{id.SettingsName}:BaseAddress={server.Address}/a/prefix",
            $"Providers:{id.SettingsName}:CircuitBreaker:Enabled=false"
        );

        var differences = new List<string>();
        foreach (var booked in book)
        {
            playing = booked;
            var answer = await app.GetAsync(
                $"quotes/{booked.Listing?.Symbol ?? "AAPL"}?providers={provider}&maxAge=0&budget={BudgetSeconds * 1000}"
            );
            if (Difference(booked, answer.Provider(provider)) is { } difference)
            {
                differences.Add($"{booked.Name}: {difference}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        var calls = server.Requests.Where(request => !request.EndsWith('/')); // not the HEAD of each base address, which opens a connection
        Assert.All(calls, request => Assert.StartsWith("/a/prefix/", request, StringComparison.Ordinal));
    }

    private static Task PlayAsync(HttpContext context, BookedAnswer booked)
    {
        context.Response.StatusCode = booked.Status;
        context.Response.ContentType = "application/json";
        foreach (var (name, value) in booked.Headers)
        {
            context.Response.Headers[name] = value;
        }

        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(booked.Body)).AsTask();
    }

    /// <summary><see langword="null"/> when it came out as it is booked. The book's moment is long past: what depends on the clock (how
    /// long to wait, what is stale, what is in the future) is judged with the adapters.</summary>
    private static string? Difference(BookedAnswer booked, JsonNode told)
    {
        if (told["outcome"]!.ToString() != booked.Outcome)
        {
            return told.ToJsonString();
        }

        if (
            (told["retryAfterSeconds"] is null) != (booked.RetryAfterSeconds is null)
            || (told["detail"] is null) != (booked.Outcome == "ok")
        )
        {
            return told.ToJsonString();
        }

        if ((bool)told["fromStore"]!)
        {
            return booked.Quote is null ? null : told.ToJsonString();
        }

        return JsonNode.DeepEquals(Comparable(booked.Quote), Comparable(told["quote"])) ? null : told.ToJsonString();
    }

    private static JsonObject? Comparable(JsonNode? quote)
    {
        if (quote is null)
        {
            return null;
        }

        var comparable = new JsonObject();
        foreach (var (name, value) in quote.AsObject())
        {
            var isOfTheClock =
                name is "receivedAt" or "stale" or "singleVenue"
                || (name == "suspect" && value?.ToString().Contains("future", StringComparison.Ordinal) == true);
            if (value is not null && !isOfTheClock)
            {
                comparable[name] =
                    value is JsonValue number && number.TryGetValue<decimal>(out var amount)
                        ? amount.ToString(CultureInfo.InvariantCulture)
                        : value.ToString();
            }
        }

        return comparable;
    }
}
