using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Quorum.MarketData;
using Quorum.Providers.Tests;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.EndToEnd.Outside;

/// <summary>Inputs that made the answer wrong once, and their kind: wrong units, other listings, splits, slow quotes, spellings, pages of
/// intermediaries. Each is played to the whole app by an HTTP server in the vendors' wire forms.</summary>
public sealed class OutsideTests : IAsyncLifetime
{
    /// <summary>A Wednesday on which London, Frankfurt, Paris and New York trade at this time.</summary>
    private static readonly DateTimeOffset Morning = new(2026, 11, 25, 15, 0, 0, TimeSpan.Zero);

    private TestDatabase? _database;
    private HttpStandIn? _vendors;
    private RunningApp? _app;
    private IReadOnlyDictionary<ProviderId, Reply> _playing = new Dictionary<ProviderId, Reply>();

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _vendors = await HttpStandIn.StartAsync(PlayAsync);
    }

    public async Task DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? default);
        await (_vendors?.DisposeAsync() ?? default);
        await (_database?.DisposeAsync() ?? default);
    }

    [Fact]
    public void There_are_at_least_sixty_of_them() => Assert.True(OutsideTable.All.Count >= 60, $"{OutsideTable.All.Count}");

    [Fact]
    public Task Every_input_from_outside_gets_the_right_answer() =>
        PlayAsync(OutsideTable.All.Where(input => input.Before is null), "Quorum:Quotes:Merge:StandInMaxAge=00:00:00"); // no input is answered with the quotes of the one before it

    [Fact]
    public Task Every_input_that_contradicts_what_is_stored_gets_the_right_answer() =>
        PlayAsync(OutsideTable.All.Where(input => input.Before is not null));

    private async Task PlayAsync(IEnumerable<OutsideCase> inputs, params string[] settings)
    {
        _app = await RunningApp.StartAsync(
            _database!, // set by xunit, as are the vendors
            new Uri(_vendors!.Address),
            new ShiftedTimeProvider(Morning - DateTimeOffset.UtcNow),
            [.. settings, .. ProviderId.All.Select(provider => $"Providers:{provider.SettingsName}:UnknownSymbolLifetime=00:00:00")]
        );
        var differences = new List<string>();
        foreach (var input in inputs)
        {
            if (input.Before is { } before)
            {
                _playing = before;
                await AskAsync(input.Asked);
                await _database!.WaitUntilAsync(
                    $"select count(*) = {before.Count} from quorum.provider_quotes where symbol = '{input.Asked}'"
                ); // written after the answer
            }

            _playing = input.Replies;
            var calls = _vendors.Requests.Count;
            var answer = await AskAsync(input.Asked);
            var wrong = Differences(input, answer).ToList();
            if (input.Status == HttpStatusCode.BadRequest && _vendors.Requests.Count > calls)
            {
                wrong.Add("a provider was asked");
            }

            if (wrong.Count > 0)
            {
                differences.Add($"{input.Name}: {string.Join("; ", wrong)}\n{answer.Text}");
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count}\n" + string.Join('\n', differences));
    }

    private Task<Answer> AskAsync(string symbol) => _app!.GetAsync($"quotes/{Uri.EscapeDataString(symbol)}?maxAge=0&budget=5000"); // started by each test

    private Task PlayAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimStart('/'); // of an HTTP request
        var provider = ProviderId.All.Single(known => path.StartsWith(known + "/", StringComparison.Ordinal));
        var reply = _playing.GetValueOrDefault(provider) ?? new Reply(null, 400);
        var query = context.Request.Query;
        var asked = query["symbol"].FirstOrDefault() ?? query["symbols"].FirstOrDefault() ?? path[(path.LastIndexOf('/') + 1)..];
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.ContentType;
        return context
            .Response.Body.WriteAsync(Encoding.UTF8.GetBytes(reply.Quote?.WireOf(provider, asked, Morning) ?? reply.Body))
            .AsTask();
    }

    private static IEnumerable<string> Differences(OutsideCase input, Answer answer)
    {
        if (answer.Status != input.Status)
        {
            yield return $"status {(int)answer.Status}, not {(int)input.Status}";
        }

        foreach (var text in input.Says.Where(text => !answer.Text.Contains(text, StringComparison.Ordinal)))
        {
            yield return $"does not say '{text}'";
        }

        foreach (var (provider, outcome) in input.Outcomes)
        {
            if (answer.Provider(provider.ToString())["outcome"]!.ToString() != outcome)
            {
                yield return $"{provider} is not {outcome}";
            }
        }

        if (answer.Status != HttpStatusCode.OK)
        {
            yield break;
        }

        foreach (var (provider, suspect) in input.Suspects)
        {
            if (answer.Provider(provider.ToString())["quote"]?["suspect"]?.ToString() != suspect)
            {
                yield return $"{provider} is not suspect for {suspect}";
            }
        }

        foreach (var (name, value) in Fields(input))
        {
            if (!IsSame(answer.Json[name], value))
            {
                yield return $"{name} is {answer.Json[name]?.ToJsonString() ?? "null"}, not {value ?? "null"}";
            }
        }

        var quality = answer.Json["quality"]!; // of every quote
        var confidence = (double)quality["confidence"]!;
        if (confidence > input.MaxConfidence || confidence < input.MinConfidence)
        {
            yield return $"confidence is {confidence}, not {input.MinConfidence} to {input.MaxConfidence}";
        }

        foreach (var warning in input.Warnings.Where(warning => !Texts(quality["warnings"]).Contains(warning)))
        {
            yield return $"no warning {warning}";
        }

        if (!Texts(quality["outliers"]).SequenceEqual(input.Outliers))
        {
            yield return $"outliers are [{string.Join(", ", Texts(quality["outliers"]))}], not [{string.Join(", ", input.Outliers)}]";
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> Fields(OutsideCase input) =>
        input
            .Fields.Append(new("price", input.Price?.ToString(CultureInfo.InvariantCulture)))
            .Concat(input.Currency is null ? [] : [new("currency", input.Currency)])
            .Append(new("symbol", input.Symbol ?? input.Asked));

    private static bool IsSame(JsonNode? told, string? value) =>
        told is JsonValue number
        && number.TryGetValue<decimal>(out var amount)
        && decimal.TryParse(value, CultureInfo.InvariantCulture, out var expected)
            ? amount == expected
            : told?.ToString() == value;

    private static string[] Texts(JsonNode? array) => [.. array?.AsArray().Select(text => text!.ToString()) ?? []];
}
