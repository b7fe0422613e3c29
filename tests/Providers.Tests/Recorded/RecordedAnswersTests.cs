using System.Text.Json;
using System.Text.Json.Nodes;
using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>Every answer in the books comes out as the rules ask, to the last field.</summary>
public class RecordedAnswersTests
{
    public static TheoryData<string, string> Answers
    {
        get
        {
            var answers = new TheoryData<string, string>();
            foreach (var provider in ProviderId.All)
            {
                foreach (var answer in BookedAnswer.Of(provider))
                {
                    answers.Add(provider.ToString(), answer.Name);
                }
            }

            return answers;
        }
    }

    [Theory, MemberData(nameof(Answers))]
    public void An_answer_comes_out_as_the_rules_ask(string provider, string name)
    {
        var id = Successes.Parse(provider);
        var booked = BookedAnswer.Of(id).Single(answer => answer.Name == name);
        var listing =
            booked.Listing is not { } other ? Listings.Aapl(id)
            : CurrencyPair.TryParse(other.Symbol, out _) ? Listings.Pair(id, other.Symbol)
            : Listings.Vodafone(id, other.Spelling, other.Unit);
        Assert.Equal(booked.Listing?.Symbol ?? "AAPL", listing.Symbol.ToString());
        Assert.Equal(booked.Listing?.Spelling ?? listing.ProviderSymbol, listing.ProviderSymbol);

        var answer = new RecordedAnswer(booked.Status, booked.Body) { Plan = booked.Plan };
        foreach (var (header, value) in booked.Headers.Where(header => header.Name != "Content-Type"))
        {
            answer.With(header, value);
        }

        var result = answer.Judge(listing);

        Assert.Equal((booked.Outcome, booked.RetryAfterSeconds), (NameOf(result.Status), result.RetryAfterSeconds));
        Assert.Equal(booked.Outcome == "ok", result.Detail is null);
        Assert.DoesNotContain("SECRET", result.Detail ?? "", StringComparison.Ordinal);
        var quote = ToJson(result.Quote);
        Assert.True(JsonNode.DeepEquals(booked.Quote, quote), $"Expected {booked.Quote?.ToJsonString()}\nbut was  {quote?.ToJsonString()}");
    }

    private static string NameOf(FetchStatus status) => JsonSerializer.SerializeToNode(status)!.ToString();

    private static JsonObject? ToJson(ProviderQuote? quote)
    {
        if (quote is null)
        {
            return null;
        }

        var json = JsonSerializer.SerializeToNode(quote)!.AsObject();
        string[] untold = ["receivedAt", "singleVenue", .. json.Where(member => member.Value is null).Select(member => member.Key)];
        foreach (var name in untold)
        {
            json.Remove(name);
        }

        return json;
    }
}
