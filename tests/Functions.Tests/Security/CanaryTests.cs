using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Quorum.Functions.Tests.Security;

/// <summary>Recognizable keys are planted, everything is made to fail at the most talkative log level, and then they are looked for
/// wherever the app leaves something. Then it is shown that the search would have found them.</summary>
public sealed class CanaryTests(CanaryRun run) : IClassFixture<CanaryRun>
{
    private const string Leak = "leak4e8c-0123456789";

    [Fact]
    public async Task No_key_leaves_the_app_whatever_fails_and_however_much_it_logs()
    {
        AssertNowhere(await run.FindAsync(CanaryRun.Canary));
        AssertNowhere(await run.FindAsync(run.StorageKeyPiece));
    }

    [Fact]
    public async Task A_key_in_a_strangers_message_stays_in_the_poison_queue_and_gets_nowhere_else()
    {
        var found = (await run.FindAsync(CanaryRun.Borrowed)).ToDictionary();

        Assert.True(found.Remove("queue quote-batches-poison"));
        Assert.True(found.Remove("queue quote-prefetch-poison"));
        Assert.True(found.Remove("messages sent")); // to there
        AssertNowhere(found);
    }

    /// <summary>Words that are no secrets, on their usual ways.</summary>
    [Theory]
    [InlineData("RefusedMessageException", "console", "logs")]
    [InlineData(
        "T0197",
        "responses",
        "rows of quorum.provider_quotes",
        "rows of quorum.quotes",
        "rows of taskhub.instances",
        "rows of taskhub.history"
    )]
    [InlineData("finnhub", "responses", "metrics", "traces", "rows of taskhub.history", "rows of quorum.quotes")]
    [InlineData("well", "responses", "messages sent", "rows of quorum.batches", "rows of taskhub.instances")]
    [InlineData(
        "stranger8a2d",
        "rows of quorum.dead_letters",
        "queue quote-batches-poison",
        "queue quote-prefetch-poison",
        "messages sent"
    )]
    public async Task The_search_finds_a_word_that_is_no_secret_wherever_it_went(string word, params string[] places)
    {
        var found = await run.FindAsync(word);

        Assert.All(places, place => Assert.Contains(place, found));
    }

    [Fact]
    public async Task A_leak_that_is_planted_is_found_in_every_place()
    {
        string[] places =
        [
            "responses",
            "traces",
            "metrics",
            "logs",
            "console",
            "messages sent",
            "queue quote-batches",
            "queue quote-batches-poison",
            "queue quote-prefetch",
            "queue quote-prefetch-poison",
            "rows of quorum.planted_text",
            "rows of quorum.planted_jsonb",
            "rows of quorum.planted_bytea",
            "rows of taskhub.planted_text",
            "rows of taskhub.planted_json",
            "rows of taskhub.planted_bytea",
            "file work.txt",
            "file temporary.txt",
            "file home.txt",
        ];
        var leak = $"leak{Guid.NewGuid():N}";
        foreach (var place in places)
        {
            await PlantAsync(place, $"the key {leak}, plain");
        }

        Assert.Equal(places.Order(StringComparer.Ordinal), (await run.FindAsync(leak)).Keys);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_leak_is_found_in_every_form(string form, string text)
    {
        var secret = new Secret(Leak);

        Assert.True(secret.FindIn(text) is not null, form);
        Assert.True(secret.FindIn(Encoding.UTF8.GetBytes(text)) is not null, form);
        await using var search = run.Database.DataSource.CreateCommand(
            "select row($1)::text ilike any ($2) and row(convert_to($1, 'UTF8'))::text ilike any ($2)"
        );
        search.Parameters.Add(new Npgsql.NpgsqlParameter<string> { TypedValue = text });
        search.Parameters.Add(new Npgsql.NpgsqlParameter<string[]> { TypedValue = secret.Patterns });
        Assert.True((bool)(await search.ExecuteScalarAsync())!, form); // It is never null.
    }

    /// <summary>The app says what is wrong with its settings, with values; never with those that are secrets.</summary>
    [Theory]
    [InlineData("Providers__Finnhub__ApiKey", "canary7f3c-k\u00e9y")]
    [InlineData("Providers__Alpaca__ApiSecret", "canary7f3c-k\u00e9y")]
    [InlineData("ConnectionStrings__Quorum", "Host=127.0.0.1;Password=canary7f3c;Nonsense=1")]
    [InlineData("ConnectionStrings__Quorum", "Host=127.0.0.1;Password=canary7f3c;Port=none")]
    [InlineData("ConnectionStrings__Quorum", "Host=127.0.0.1;Port=1;Username=x;Password=canary7f3c;Timeout=1")]
    [InlineData("AzureWebJobsStorage", "AccountName=x;AccountKey=canary7f3c!;QueueEndpoint=http://127.0.0.1:1/x")]
    [InlineData("AzureWebJobsStorage", "AccountName=x;AccountKeycanary7f3c")]
    [InlineData("Quorum__Quotes__FanInReserveMs", "0")]
    public async Task A_start_that_fails_shows_no_key(string setting, string value)
    {
        var settings = new Dictionary<string, string?>(run.Environment)
        {
            [setting] = value,
            ["Quorum__Storage__StartTimeout"] = "00:00:00",
        };

        var written = await run.FailToStartAsync(settings);

        Assert.Contains("Quorum cannot start", written, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", written, StringComparison.Ordinal);
        Assert.Null(new Secret(CanaryRun.Canary).FindIn(written));
        Assert.Null(new Secret(run.StorageKeyPiece).FindIn(written));
    }

    public static TheoryData<string, string> Forms()
    {
        return new TheoryData<string, string>
        {
            { "as it is", $"the key {Leak}, plain" },
            { "in capitals", Leak.ToUpperInvariant() },
            { "as Base64", Convert.ToBase64String(Encoding.UTF8.GetBytes(Leak)) },
            { "as Base64, one byte on", Convert.ToBase64String(Encoding.UTF8.GetBytes("." + Leak + ".")) },
            { "as Base64, two bytes on", Convert.ToBase64String(Encoding.UTF8.GetBytes(".." + Leak + ".")) },
            { "in hexadecimal", Convert.ToHexString(Encoding.UTF8.GetBytes(Leak)) },
            { "in JSON", JsonSerializer.Serialize(new { key = Leak }) },
        };
    }

    private static void AssertNowhere(IReadOnlyDictionary<string, string> found) =>
        Assert.True(found.Count == 0, string.Join('\n', found.Select(leak => $"{leak.Key}: {leak.Value}")));

    private async Task PlantAsync(string place, string text)
    {
        switch (place.Split(' '))
        {
            case ["responses"]:
                run.Responses.Enqueue(text);
                break;
            case ["console"]:
                await File.AppendAllTextAsync(Path.Combine(run.Folder["console"], "app.log"), text);
                break;
            case ["messages", "sent"]:
                await PlantOnTheWireAsync(text);
                break;
            case ["queue", var queue]:
                await run.Queues.CreateAsync(queue);
                await run.Queues.EmptyAsync(queue); // only its first messages can be seen
                await run.Queues.SendRawAsync(text, queue);
                break;
            case ["rows", "of", var table]:
                var type = table.Split('_')[1];
                var value =
                    type.StartsWith("json", StringComparison.Ordinal) ? "to_json($1::text)::" + type
                    : type == "bytea" ? "convert_to($1, 'UTF8')"
                    : "$1";
                await run.Database.ExecuteAsync($"create table if not exists {table} (x {type}); truncate {table}");
                await using (var insert = run.Database.DataSource.CreateCommand($"insert into {table} values ({value})"))
                {
                    insert.Parameters.Add(new Npgsql.NpgsqlParameter<string> { TypedValue = text });
                    await insert.ExecuteNonQueryAsync();
                }

                break;
            case ["file", var file]:
                await File.WriteAllTextAsync(Path.Combine(run.Folder[Path.GetFileNameWithoutExtension(file)], file), text);
                break;
            case [var signal]:
                await PlantInTelemetryAsync(signal, text);
                break;
        }
    }

    /// <summary>As a field that no version of the protocol knows.</summary>
    private async Task PlantInTelemetryAsync(string signal, string text)
    {
        const byte UnknownField = (15 << 3) | 2; // of a length and bytes
        using var http = new HttpClient();
        using var content = new ByteArrayContent([UnknownField, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var taken = await http.PostAsync(new Uri(run.Receiver.Address, $"/v1/{signal}"), content);
        taken.EnsureSuccessStatusCode();
    }

    private async Task PlantOnTheWireAsync(string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, run.Wire.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /{text} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        await reader.ReadToEndAsync(); // Azurite has answered, so it has passed.
    }
}
