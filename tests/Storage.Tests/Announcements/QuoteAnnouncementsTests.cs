using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;

namespace Quorum.Storage.Tests.Announcements;

public sealed class QuoteAnnouncementsTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private const string LookAgain = "(look again)";

    private readonly Channel<string> _heard = Channel.CreateUnbounded<string>();
    private StorageOnDatabase _publisher = null!; // Set before each test.
    private Listener _listener = null!;

    public async Task InitializeAsync()
    {
        _publisher = await StorageOnDatabase.MigratedAsync(fixture.Database);
        _listener = await Listener.StartAsync(fixture.Database, id => _heard.Writer.TryWrite(id), () => _heard.Writer.TryWrite(LookAgain));
        Assert.Equal(LookAgain, await NextAsync());
    }

    public async Task DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _publisher.DisposeAsync();
    }

    [Fact]
    public async Task An_announced_quote_is_heard_in_another_process_and_found_there()
    {
        await PublishAsync("one", announce: true);

        Assert.Equal("one", await NextAsync());
        Assert.NotNull(await _listener.Quotes.FindAsync("one", CancellationToken.None));
    }

    [Fact]
    public async Task Only_quotes_that_another_process_waits_for_are_announced()
    {
        await PublishAsync("quiet", announce: false);
        await PublishAsync("loud", announce: true);

        Assert.Equal("loud", await NextAsync());
    }

    [Fact]
    public async Task Every_announcement_of_many_at_once_is_heard()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => PublishAsync($"many-{i}", announce: i % 2 == 0))).WithinAsync();

        var heard = new HashSet<string>();
        while (heard.Count < 100)
        {
            heard.Add(await NextAsync());
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"many-{i * 2}").ToHashSet(), heard);
    }

    [Fact]
    public async Task A_listener_whose_connection_is_cut_listens_again_and_has_its_subscribers_look_for_themselves()
    {
        await fixture.Database.ExecuteAsync(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and query = 'listen quorum_quotes'"
        );
        await PublishAsync("perhaps lost", announce: true);

        string heard;
        do
        {
            heard = await NextAsync();
        } while (heard != LookAgain);

        Assert.NotNull(await _listener.Quotes.FindAsync("perhaps lost", CancellationToken.None));
        await PublishAsync("after", announce: true);
        while (await NextAsync() != "after") { }
    }

    [Fact]
    public async Task A_failing_subscriber_does_not_affect_the_others_and_one_that_left_receives_nothing()
    {
        using var failing = _listener.Announcements.Subscribe(_ => throw new InvalidOperationException("mine"), () => { });
        var left = new List<string>();
        _listener.Announcements.Subscribe(left.Add, () => { }).Dispose();
        var after = Channel.CreateUnbounded<string>();
        using var last = _listener.Announcements.Subscribe(id => after.Writer.TryWrite(id), () => { });

        await PublishAsync("two", announce: true);

        Assert.Equal("two", await NextAsync());
        Assert.Equal("two", await after.Reader.ReadAsync().AsTask().WithinAsync());
        Assert.Empty(left);
    }

    private Task PublishAsync(string instanceId, bool announce) =>
        _publisher.Quotes.PublishAsync(
            SampleQuotes.Published(instanceId, "AAPL", SampleQuotes.Afternoon),
            announce,
            CancellationToken.None
        );

    private Task<string> NextAsync() => _heard.Reader.ReadAsync().AsTask().WithinAsync();

    /// <summary>The process in which a caller waits.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly StorageOnDatabase _storage;

        private Listener(TestDatabase database)
        {
            _storage = StorageOnDatabase.Over(database);
            Announcements = new QuoteAnnouncements(_storage.Database, TimeProvider.System, NullLogger<QuoteAnnouncements>.Instance);
        }

        public QuoteAnnouncements Announcements { get; }
        public QuoteStore Quotes => _storage.Quotes;

        public static async Task<Listener> StartAsync(TestDatabase database, Action<string> published, Action lookAgain)
        {
            var listener = new Listener(database);
            listener.Announcements.Subscribe(published, lookAgain);
            await listener.Announcements.StartAsync(CancellationToken.None);
            await listener.Announcements.Listening.WithinAsync();
            return listener;
        }

        public async ValueTask DisposeAsync()
        {
            await Announcements.StopAsync(CancellationToken.None);
            Announcements.Dispose();
            await _storage.DisposeAsync();
        }
    }
}
