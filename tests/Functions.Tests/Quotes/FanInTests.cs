using System.Collections.Concurrent;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Quotes;

public sealed class FanInTests
{
    private const int Providers = 4;

    private readonly ManualTimeProvider _time = new();
    private readonly FanIn _fanIn;

    public FanInTests() => _fanIn = new FanIn(Providers, _time);

    [Fact]
    public async Task Results_are_held_until_all_are_there()
    {
        Begin(Providers + 1);

        Task[] held = [_fanIn.HoldReferenceAsync(), .. Fetches(Providers - 1)];
        Assert.DoesNotContain(held, result => result.IsCompleted);

        await AssertReleasedAsync([Fetch(), .. held]);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(Providers)]
    public async Task The_reference_data_comes_after_the_fetches_held_with_it(int fetchesBefore)
    {
        Begin(Providers + 1);
        var held = new ConcurrentQueue<Task>();

        Hold(fetchesBefore);
        var unended = CountUnendedAsync(_fanIn.HoldReferenceAsync(), held);
        Hold(Providers - fetchesBefore);

        await AssertReleasedAsync([.. held, unended]);
        Assert.Equal(0, await unended);

        void Hold(int fetches)
        {
            for (var i = 0; i < fetches; i++)
            {
                held.Enqueue(Fetch());
            }
        }
    }

    /// <summary>The number of those fetches that had not ended when the reference data did: counted by its completion itself, not by a
    /// thread that comes later.</summary>
    private static async Task<int> CountUnendedAsync(Task reference, ConcurrentQueue<Task> fetches)
    {
        await reference.ConfigureAwait(false);
        return fetches.Count(fetch => !fetch.IsCompleted);
    }

    [Fact]
    public async Task Reference_data_loaded_twice_completes_both_loads()
    {
        Begin(Providers + 2);

        Task[] held = [_fanIn.HoldReferenceAsync(), _fanIn.HoldReferenceAsync(), .. Fetches(Providers)];

        await AssertReleasedAsync(held);
    }

    [Fact]
    public void Results_are_not_held_while_an_activity_has_not_begun_in_this_process()
    {
        Begin(Providers);

        Assert.True(_fanIn.HoldReferenceAsync().IsCompleted);
        Assert.All(Fetches(Providers), result => Assert.True(result.IsCompleted));
    }

    [Fact]
    public async Task Where_all_activities_are_expected_results_are_held_for_those_that_have_not_begun()
    {
        _fanIn.AllAreHere = true;
        Begin(1);

        Task[] held = [_fanIn.HoldReferenceAsync(), .. Fetches(Providers - 1)];
        Assert.DoesNotContain(held, result => result.IsCompleted);
        Assert.False(_fanIn.HaveAllBegun);

        Begin(Providers);
        await AssertReleasedAsync([Fetch(), .. held]);
        Assert.True(_fanIn.HaveAllBegun);
    }

    [Fact]
    public void A_result_is_not_held_for_longer_than_the_hub_would_hold_it_by_itself()
    {
        Begin(Providers + 1);
        Task[] held = [_fanIn.HoldReferenceAsync(), Fetch()];

        _time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.DoesNotContain(held, result => result.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.All(held, result => Assert.True(result.IsCompleted));
        Assert.True(Fetch().IsCompleted);
    }

    [Fact]
    public async Task A_caller_who_is_answered_when_some_agree_gets_their_results_and_each_later_one()
    {
        _fanIn.Wanted.Add(2);
        Begin(Providers + 1);
        var fetches = Fetches(2);
        Assert.DoesNotContain(fetches, result => result.IsCompleted);

        await AssertReleasedAsync([_fanIn.HoldReferenceAsync(), .. fetches]);
        await AssertReleasedAsync(Fetch());
    }

    [Theory]
    [InlineData(QuoteFreshness.Delayed)]
    [InlineData(null)]
    public async Task A_result_that_cannot_be_one_of_those_who_agree_is_held(QuoteFreshness? freshness)
    {
        _fanIn.Slower = [new ProviderFreshness(ProviderId.Eodhd, QuoteFreshness.Delayed)];
        _fanIn.Wanted.Add(2);
        Begin(Providers + 1);

        Task[] held = [_fanIn.HoldReferenceAsync(), Fetch(ProviderId.Eodhd, freshness), Fetch(ProviderId.Finnhub, QuoteFreshness.RealTime)];
        Assert.DoesNotContain(held, result => result.IsCompleted);

        await AssertReleasedAsync([Fetch(ProviderId.Massive, QuoteFreshness.RealTime), .. held]);
    }

    [Fact]
    public async Task Once_no_real_time_quote_is_expected_slower_ones_may_agree()
    {
        _fanIn.Slower =
        [
            new ProviderFreshness(ProviderId.AlphaVantage, QuoteFreshness.Delayed),
            new ProviderFreshness(ProviderId.Eodhd, QuoteFreshness.Delayed),
            new ProviderFreshness(ProviderId.Massive, QuoteFreshness.EndOfDay),
        ];
        _fanIn.Wanted.Add(2);
        Begin(Providers + 1);

        Task[] held =
        [
            _fanIn.HoldReferenceAsync(),
            Fetch(ProviderId.AlphaVantage, QuoteFreshness.Delayed),
            Fetch(ProviderId.Eodhd, QuoteFreshness.Delayed),
        ];
        Assert.DoesNotContain(held, result => result.IsCompleted);

        await AssertReleasedAsync([Fetch(ProviderId.Finnhub, freshness: null), .. held]);
    }

    [Fact]
    public async Task Once_some_agree_the_rest_is_held_until_all_are_there()
    {
        _fanIn.Wanted.Add(2);
        Begin(Providers + 1);
        await AssertReleasedAsync([.. Fetches(2), _fanIn.HoldReferenceAsync()]);
        _fanIn.Agree(2);

        Task[] held = [_fanIn.HoldAsync(), Fetch()];
        Assert.DoesNotContain(held, result => result.IsCompleted);

        await AssertReleasedAsync([Fetch(), .. held]);
        Assert.True(_fanIn.HoldAsync().IsCompleted);
    }

    [Fact]
    public async Task A_caller_who_wants_more_providers_than_are_asked_gets_all_results()
    {
        _fanIn.Wanted.Add(Providers + 1);
        Begin(Providers + 1);

        Task[] held = [_fanIn.HoldReferenceAsync(), .. Fetches(Providers - 1)];
        Assert.DoesNotContain(held, result => result.IsCompleted);

        await AssertReleasedAsync([Fetch(), .. held]);
    }

    [Fact]
    public void A_caller_who_joins_with_a_smaller_number_gets_what_is_held()
    {
        Begin(Providers + 1);
        Task[] held = [_fanIn.HoldReferenceAsync(), .. Fetches(2)];

        _fanIn.Release();
        Assert.DoesNotContain(held, result => result.IsCompleted);
        _fanIn.Wanted.Add(2);
        _fanIn.Release();

        Assert.All(held, result => Assert.True(result.IsCompleted));
    }

    private static Task AssertReleasedAsync(params Task[] results) => Task.WhenAll(results).WithinAsync();

    private void Begin(int activities)
    {
        for (var i = 0; i < activities; i++)
        {
            _fanIn.Begin();
        }
    }

    private Task[] Fetches(int count) => [.. Enumerable.Range(0, count).Select(_ => Fetch())];

    private Task Fetch() => Fetch(ProviderId.Finnhub, QuoteFreshness.RealTime);

    private Task Fetch(ProviderId provider, QuoteFreshness? freshness) => _fanIn.HoldFetchAsync(Outcome(provider, freshness));

    /// <param name="freshness"><see langword="null"/> for a call without a quote.</param>
    private FetchOutcome Outcome(ProviderId provider, QuoteFreshness? freshness) =>
        new()
        {
            Provider = provider,
            Status = freshness is null ? FetchStatus.TimedOut : FetchStatus.Ok,
            Quote = freshness is { } own
                ? new ProviderQuote
                {
                    Price = 1,
                    Freshness = own,
                    ReceivedAt = _time.GetUtcNow(),
                }
                : null,
        };
}
