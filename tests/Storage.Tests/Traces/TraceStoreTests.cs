using Quorum.MarketData;

namespace Quorum.Storage.Tests.Traces;

public sealed class TraceStoreTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private static readonly Symbol Aapl = Symbol.Parse("AAPL");

    [Fact]
    public async Task A_trace_is_found_by_its_id_and_the_one_with_the_spans_by_the_instance()
    {
        await using var storage = await StorageOnDatabase.MigratedAsync(fixture.Database);
        var store = new TraceStore(storage.Database);
        await store.SaveAsync(
            [
                new StoredTrace("one", "i1", Aapl, SampleQuotes.Afternoon, "{}"),
                new StoredTrace("two", "i1", Aapl, SampleQuotes.Afternoon, null),
            ],
            default
        );
        await store.SaveAsync([new StoredTrace("one", "i1", Aapl, SampleQuotes.Afternoon.AddDays(1), "other")], default); // changes nothing

        Assert.Equal(new StoredTrace("one", "i1", Aapl, SampleQuotes.Afternoon, "{}"), await store.FindAsync("one", default));
        Assert.Equal(new StoredTrace("two", "i1", Aapl, SampleQuotes.Afternoon, null), await store.FindAsync("two", default));
        Assert.Equal("one", (await store.FindOfInstanceAsync("i1", default))?.TraceId);
        Assert.Null(await store.FindAsync("three", default));
        Assert.Null(await store.FindOfInstanceAsync("i0", default));
    }

    [Fact]
    public async Task Of_several_requests_of_one_trace_the_last_is_found()
    {
        await using var storage = await StorageOnDatabase.MigratedAsync(fixture.Database);
        var store = new TraceStore(storage.Database);
        await store.SaveAsync(
            [
                .. Enumerable
                    .Range(1, 3)
                    .Select(i => new StoredTrace("many", $"m{i}", Aapl, SampleQuotes.Afternoon.AddSeconds(i % 3), $"{i}")),
            ],
            default
        );

        Assert.Equal(("m2", "2"), (await store.FindAsync("many", default)) is { } found ? (found.InstanceId, found.Waterfall) : default);
    }
}
