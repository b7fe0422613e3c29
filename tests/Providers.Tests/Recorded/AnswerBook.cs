using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>One answer of a provider and what the rules make of it. <c>Answers/README.md</c> tells the form of the files.</summary>
internal sealed partial record BookedAnswer(string Name, int Status, string Body)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary><see langword="null"/> for the adapter's default.</summary>
    public string? Plan { get; init; }

    /// <summary>The requested listing; <see langword="null"/> for AAPL.</summary>
    public BookedListing? Listing { get; init; }

    public required string Outcome { get; init; }

    /// <summary>At the moment that the answers describe.</summary>
    public double? RetryAfterSeconds { get; init; }

    /// <summary>Without the members that are null, and without <c>receivedAt</c>; <see langword="null"/> when none is left to the
    /// caller.</summary>
    public JsonObject? Quote { get; init; }

    public static IReadOnlyList<BookedAnswer> Of(ProviderId provider) =>
        Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recorded", "Answers", provider + ".txt")));

    private static List<BookedAnswer> Parse(string book)
    {
        var answers = new List<BookedAnswer>();
        foreach (var entry in book.ReplaceLineEndings("\n").Split("\n# ", StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var answer in ParseEntry(entry, answers.FirstOrDefault()))
            {
                answers.Add(answer);
            }
        }

        Assert.Equal(answers.Count, answers.DistinctBy(answer => answer.Name).Count());
        return answers;
    }

    /// <param name="first">The answer of which others are variants.</param>
    private static IEnumerable<BookedAnswer> ParseEntry(string entry, BookedAnswer? first)
    {
        string? plan = null,
            body = null;
        BookedListing? listing = null;
        List<(string, string)> headers = [];
        int[] statuses = [200];
        var lines = entry.TrimStart('#', ' ').TrimEnd('\n').Split('\n');
        for (var i = 1; ; i++)
        {
            var line = lines[i];
            if (line.StartsWith("=> ", StringComparison.Ordinal))
            {
                var (outcome, wait, quote) = ParseExpectation(line[3..], first);
                foreach (var status in statuses)
                {
                    yield return new BookedAnswer(statuses.Length == 1 ? lines[0] : $"{lines[0]} ({status})", status, body ?? "")
                    {
                        Headers = headers,
                        Plan = plan,
                        Listing = listing,
                        Outcome = outcome,
                        RetryAfterSeconds = wait,
                        Quote = quote,
                    };
                }

                yield break;
            }

            if (line.StartsWith("@plan ", StringComparison.Ordinal))
            {
                plan = line[6..];
            }
            else if (line.StartsWith("@listing ", StringComparison.Ordinal) && line.Split(' ') is [_, var symbol, var spelling, var unit])
            {
                listing = new BookedListing(symbol, spelling, unit);
            }
            else if (line == "@same")
            {
                body = first!.Body;
            }
            else if (line.StartsWith("~ ", StringComparison.Ordinal))
            {
                body = Vary(body ?? first!.Body, line[2..]);
            }
            else if (body is null && StatusLine().IsMatch(line))
            {
                statuses = [.. line.Split(',').Select(status => int.Parse(status, CultureInfo.InvariantCulture))];
            }
            else if (body is null && HeaderLine().Match(line) is { Success: true } header)
            {
                headers.Add((header.Groups[1].Value, header.Groups[2].Value));
            }
            else
            {
                body = body is null ? line : $"{body}\n{line}";
            }
        }
    }

    private static string Vary(string body, string change)
    {
        var parts = (change + " ").Split(" -> ", 2);
        Assert.Contains(parts[0], body, StringComparison.Ordinal);
        return body.Replace(parts[0], parts[1].TrimEnd(), StringComparison.Ordinal);
    }

    private static (string Outcome, double? RetryAfterSeconds, JsonObject? Quote) ParseExpectation(string text, BookedAnswer? first)
    {
        var words = text.Split(' ', 2);
        var rest = words.Length == 2 ? words[1] : null;
        if (words[0] != "ok" || first is null)
        {
            return double.TryParse(rest, CultureInfo.InvariantCulture, out var seconds)
                ? (words[0], seconds, null)
                : (words[0].TrimEnd('!'), null, rest is null ? null : JsonNode.Parse(rest)!.AsObject());
        }

        var quote = first.Quote!.DeepClone().AsObject();
        foreach (var (name, value) in rest is null ? [] : JsonNode.Parse(rest)!.AsObject())
        {
            if (value is null)
            {
                Assert.True(quote.Remove(name), name);
            }
            else
            {
                quote[name] = value.DeepClone();
            }
        }

        return (words[0], null, quote);
    }

    [GeneratedRegex(@"^\d{3}(,\d{3})*$")]
    private static partial Regex StatusLine();

    [GeneratedRegex(@"^([A-Za-z-]+): (.*)$")]
    private static partial Regex HeaderLine();
}

/// <param name="Symbol">Ours.</param>
/// <param name="Spelling">The provider's.</param>
/// <param name="Unit">The unit of its prices when an answer names none.</param>
internal sealed record BookedListing(string Symbol, string Spelling, string Unit);
