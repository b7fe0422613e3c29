using System.Globalization;
using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class AdminOrdersTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("/faults", "null", "a fault or a list of faults")]
    [InlineData("/faults", "[null]", "got null")]
    [InlineData("/faults", """[{"kind":"html"},null]""", "got null")]
    [InlineData("/faults", """[{"kind":"html"},{"kind":"nothing"}]""", "kind")]
    [InlineData("/faults", """{"kind":3}""", "kind")]
    [InlineData("/faults", """{"kind":"99"}""", "kind")]
    [InlineData("/faults", """{"kind":"drift","drift":7}""", "drift")]
    [InlineData("/faults", """{"kind":"html","probability":0}""", "probability must be above 0")]
    [InlineData("/faults", """{"kind":"html","probability":-0.1}""", "probability must be above 0")]
    [InlineData("/faults", """{"kind":"html","count":0}""", "count, forSeconds, bytes and factor must be positive")]
    [InlineData("/faults", """{"kind":"html","forSeconds":0}""", "count, forSeconds, bytes and factor must be positive")]
    [InlineData("/faults", """{"kind":"oversized","bytes":0}""", "count, forSeconds, bytes and factor must be positive")]
    [InlineData("/faults", """{"kind":"wrong-price","factor":-1}""", "count, forSeconds, bytes and factor must be positive")]
    [InlineData("/faults", """{"kind":"slow-headers","ms":-1}""", "ms not negative")]
    [InlineData("/faults", """{"kind":"slow-headers","ms":86400001}""", "ms must be at most 86400000")]
    [InlineData("/faults", """{"kind":"dripped-body","bytes":3000000000}""", "bytes 1073741824")]
    [InlineData("/faults", """{"kind":"wrong-price","factor":1e27}""", "factor 1000000")]
    [InlineData("/faults", """{"kind":"stale","seconds":1e300}""", "seconds must be at most")]
    [InlineData("/faults", """{"kind":"html","forSeconds":1e18}""", "forSeconds must be at most")]
    [InlineData("/faults", """{"kind":"status","status":600}""", "status must be between 200 and 599; got 600.")]
    [InlineData("/faults", """{"kind":"status","headers":{"Bad Name":"1"}}""", "got 'Bad Name'")]
    [InlineData("/faults", """{"kind":"status","headers":{"X-Broken":"a\r\nb"}}""", "got 'X-Broken'")]
    [InlineData("/faults", """{"kind":"status","retryAfter":"\u0000"}""", "got 'retryAfter'")]
    [InlineData("/faults", """{"kind":"shape"}""", "shape is ''; the providers know: ")]
    [InlineData("/latency", """{"scale":1000.5}""", "scale must be between 0 and 1000; got 1000.5.")]
    [InlineData("/latency", """{"providers":{"eodhd":{"sigma":-1}}}""", "sigma must be finite and not negative; got -1.")]
    [InlineData("/latency", """{"providers":{"eodhd":{"medianMs":1e999}}}""", "medianMs must be finite")]
    [InlineData("/latency", """{"median":1}""", "median")]
    [InlineData("/quotas", """{"limits":[null]}""", "limit must be at least 1; got null.")]
    [InlineData("/quotas", """{"limits":[{"span":"hour","limit":1}]}""", "span")]
    [InlineData("/quotas", """{"limits":[{"span":"day"}]}""", "limit")]
    [InlineData("/quotas", """{"provider":"acme"}""", "provider is 'acme'; there are: finnhub, alpha-vantage,")]
    [InlineData("/quotas", """{"goodKeys":2}""", "goodKeys")]
    [InlineData("/keys", """{"key":""}""", "key must not be empty")]
    [InlineData("/keys", """{"key":null}""", "key")]
    [InlineData("/keys", """{"key":"K","standing":"missing"}""", "standing must be that of a key")]
    [InlineData("/keys", """{"key":"K","provider":"acme"}""", "provider is 'acme'")]
    [InlineData("/clock", """{"advanceSeconds":1e300}""", "advanceSeconds must be at most")]
    [InlineData("/clock", """{"set":"1999-12-31T00:00:00Z"}""", "The clock must be between 2000 and 2100")]
    [InlineData("/clock", """{"set":"2099-12-31T00:00:00Z","advanceSeconds":90000}""", "The clock must be between 2000 and 2100")]
    [InlineData("/clock", """{"set":"yesterday"}""", "set")]
    [InlineData("/clock", "[]", "")]
    [InlineData("/clock", "", "")]
    public async Task A_request_with_a_wrong_value_is_a_400_with_the_reason(string path, string json, string reason)
    {
        var answer = await _server.SendAsync(HttpMethod.Post, "/admin" + path, json);

        Assert.Equal((400, "application/json"), (answer.Status, answer.ContentType));
        Assert.Contains(reason, answer.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/faults", """[{"kind":"html"},{"kind":"html","count":0}]""")]
    [InlineData("/latency", """{"scale":5,"providers":{"finnhub":{"medianMs":7},"acme":{}}}""")]
    [InlineData("/latency", """{"providers":{"finnhub":{"medianMs":7},"eodhd":{"capMs":-1}}}""")]
    [InlineData("/quotas", """{"enforced":false,"goodKeys":"free","limits":[{"span":"minute","limit":0}]}""")]
    [InlineData("/quotas", """{"enforced":false,"provider":"acme","limits":[]}""")]
    [InlineData("/clock", """{"running":false,"advanceSeconds":1e300}""")]
    [InlineData("/clock", """{"reset":true,"set":"0001-01-01T00:00:00Z"}""")]
    public async Task A_rejected_request_changes_nothing(string path, string json)
    {
        await _server.OrderAsync("/clock", """{"advanceSeconds":60}""");
        var before = await StateAsync();

        Assert.Equal(400, (await _server.SendAsync(HttpMethod.Post, "/admin" + path, json)).Status);

        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Latency_is_set_for_the_named_members_only()
    {
        await _server.OrderAsync("/latency", """{"providers":{"eodhd":{"capMs":1000},"massive":null}}""");

        var state = (await _server.GetAsync("/admin/latency")).Json;

        Assert.Equal(0, state.GetProperty("scale").GetDouble());
        var curve = state.GetProperty("providers").GetProperty("eodhd");
        Assert.Equal((140, 0.12, 1_000), (Number(curve, "medianMs"), Number(curve, "sigma"), Number(curve, "capMs")));
        Assert.Equal(80, Number(state.GetProperty("providers").GetProperty("massive"), "medianMs"));
    }

    [Fact]
    public async Task A_key_without_a_provider_is_for_all_of_them()
    {
        await _server.OrderAsync("/keys", """{"key":"my-key","secret":"my-secret"}""");

        Assert.Equal(200, (await _server.FinnhubAsync("AAPL", "my-key")).Status);
        Assert.Equal(200, (await _server.EodhdAsync("AAPL.US", "my-key")).Status);
        Assert.Equal(200, (await _server.AlpacaAsync("snapshots?symbols=AAPL", "my-key", "my-secret")).Status);
        Assert.Equal(403, (await _server.AlpacaAsync("snapshots?symbols=AAPL", "my-key", "other")).Status);
    }

    [Theory]
    [InlineData("restricted", 403)]
    [InlineData("exhausted", 429)]
    [InlineData("invalid", 401)]
    [InlineData("free", 200)]
    public async Task The_good_key_can_be_given_another_standing(string standing, int status)
    {
        await _server.OrderAsync("/keys", $$"""{"provider":"finnhub","key":"sim-key","standing":"{{standing}}"}""");

        Assert.Equal(status, (await _server.FinnhubAsync("AAPL")).Status);
        Assert.Equal(200, (await _server.MassiveSnapshotAsync("AAPL")).Status);
    }

    [Fact]
    public async Task Limits_are_set_for_one_plan_and_usage_is_forgotten_on_request()
    {
        await _server.OrderAsync(
            "/quotas",
            """{"provider":"finnhub","plan":"free","limits":[{"span":"day","limit":1,"kind":"calendar"}]}"""
        );
        await _server.FinnhubAsync("AAPL", "sim-free");
        Assert.Equal(429, (await _server.FinnhubAsync("AAPL", "sim-free")).Status);
        Assert.Equal("899", (await _server.FinnhubAsync("AAPL")).Header("X-Ratelimit-Remaining"));

        await _server.OrderAsync("/quotas", """{"forget":true}""");

        Assert.Equal(200, (await _server.FinnhubAsync("AAPL", "sim-free")).Status);
        Assert.Equal("899", (await _server.FinnhubAsync("AAPL")).Header("X-Ratelimit-Remaining"));
    }

    [Fact]
    public async Task A_clock_is_set_moved_and_stopped_in_one_request_from_any_offset()
    {
        await _server.OrderAsync("/clock", """{"set":"2026-03-02T10:00:00-05:00","advanceSeconds":-90,"running":false}""");
        _server.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(new DateTimeOffset(2026, 3, 2, 14, 58, 30, TimeSpan.Zero), await NowAsync());

        await _server.OrderAsync("/clock", """{"reset":true}""");
        Assert.Equal(_server.Clock.GetUtcNow(), await NowAsync());
    }

    private async Task<string> StateAsync() =>
        (await _server.GetAsync("/admin")).Body
        + (await _server.GetAsync("/admin/quotas")).Body
        + (await _server.GetAsync("/admin/latency")).Body;

    private async Task<DateTimeOffset> NowAsync() =>
        DateTimeOffset.Parse(
            (await _server.GetAsync("/admin")).Json.GetProperty("clock").GetProperty("now").GetString()!, // Always there.
            CultureInfo.InvariantCulture
        );

    private static double Number(JsonElement parent, string name) => parent.GetProperty(name).GetDouble();
}
