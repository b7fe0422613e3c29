using Quorum.Storage;

namespace Quorum.Functions.Consumers;

/// <summary>The limits and the usage of one consumer in this process, with what all processes have stored for the day.</summary>
public sealed class ConsumerAccount
{
    private static readonly TimeSpan UnknownPeriod = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly (string Limit, TokenBucket Bucket)[] _rates;
    private readonly TokenBucket _unknown;
    private readonly string _unknownLimit;
    private DateOnly _day;
    private ConsumerUsage _stored;
    private ConsumerUsage _added;

    /// <param name="name">Empty for callers without a key.</param>
    /// <param name="consumer"><see langword="null"/> for callers without a key, which have no limits of their own.</param>
    /// <param name="unknownSymbolCalls">See <see cref="ConsumerOptions.UnknownSymbolCalls"/>.</param>
    public ConsumerAccount(string name, Consumer? consumer, int unknownSymbolCalls, TimeProvider time)
    {
        _unknown = new TokenBucket(unknownSymbolCalls, UnknownPeriod, time);
        _unknownLimit = $"{unknownSymbolCalls} provider calls an hour for symbols that no provider knows";
        (Name, Consumer, _time) = (name, consumer, time);
        _day = Today;
        (_stored, _added) = (Nothing, Nothing);
        _rates =
        [
            .. Rate(consumer?.PerSecond, TimeSpan.FromSeconds(1), "a second"),
            .. Rate(consumer?.PerMinute, TimeSpan.FromMinutes(1), "a minute"),
        ];
    }

    public string Name { get; }

    public Consumer? Consumer { get; }

    private ConsumerUsage Nothing => new(Name, 0, 0, 0);

    private DateOnly Today => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);

    /// <summary>Today's usage: what is stored, and what this process has not stored yet.</summary>
    public ConsumerUsage Usage
    {
        get
        {
            lock (_gate)
            {
                StartDayNeedsGate();
                return Sum(_stored, _added);
            }
        }
    }

    public void CountCall() => Add(new ConsumerUsage(Name, 1, 0, 0));

    public void CountRefusal() => Add(new ConsumerUsage(Name, 0, 0, 1));

    /// <summary>Takes provider calls from the consumer's limits.</summary>
    /// <param name="calls">At least 1.</param>
    /// <param name="paced">True if the calls are spread over time by other means: only the day's limit counts.</param>
    /// <returns>The limit that is used up; <see langword="null"/> when the calls are allowed.</returns>
    public UsedUpLimit? TakeProviderCalls(int calls, bool paced = false)
    {
        lock (_gate)
        {
            StartDayNeedsGate();
            if (Consumer?.PerDay is { } perDay && _stored.ProviderCalls + _added.ProviderCalls + calls > perDay)
            {
                var tomorrow = new DateTimeOffset(_day.AddDays(1).ToDateTime(default), TimeSpan.Zero);
                return new UsedUpLimit($"{perDay} provider calls a day", tomorrow - _time.GetUtcNow());
            }

            if (!paced)
            {
                foreach (var (limit, bucket) in _rates)
                {
                    if (bucket.WaitFor(calls) is var wait && wait > TimeSpan.Zero)
                    {
                        return new UsedUpLimit(limit, wait);
                    }
                }

                foreach (var (_, bucket) in _rates)
                {
                    bucket.Take(calls);
                }
            }

            _added = _added with { ProviderCalls = _added.ProviderCalls + calls };
            return null;
        }
    }

    /// <summary>Gives back calls of <see cref="TakeProviderCalls"/> that are not made. Calls already stored are subtracted from what is
    /// stored next, also if a new day has begun since.</summary>
    /// <param name="paced">As when they were taken.</param>
    public void GiveBackProviderCalls(int calls, bool paced = false)
    {
        lock (_gate)
        {
            StartDayNeedsGate();
            var today = _stored.ProviderCalls + _added.ProviderCalls;
            _added = _added with { ProviderCalls = _added.ProviderCalls - Math.Min(calls, Math.Max(today, 0)) };
            if (!paced)
            {
                foreach (var (_, bucket) in _rates)
                {
                    bucket.GiveBack(calls);
                }
            }
        }
    }

    /// <summary>Counts provider calls that are made without <see cref="TakeProviderCalls"/>, beyond the limits too.</summary>
    public void CountProviderCalls(int calls)
    {
        lock (_gate)
        {
            StartDayNeedsGate();
            _added = _added with { ProviderCalls = _added.ProviderCalls + calls };
            foreach (var (_, bucket) in _rates)
            {
                bucket.TakeOrOwe(calls);
            }
        }
    }

    /// <summary>Returns the limit of calls for symbols that no provider knows if it is used up; otherwise <see langword="null"/>.</summary>
    public UsedUpLimit? UnknownSymbolsUsedUp()
    {
        lock (_gate)
        {
            return _unknown.WaitFor(1) is var wait && wait > TimeSpan.Zero ? new UsedUpLimit(_unknownLimit, wait) : null;
        }
    }

    /// <summary>Counts calls for a symbol that no provider knew. They are counted afterwards, so that new symbols that exist cost nothing
    /// here.</summary>
    public void CountUnknownSymbol(int calls)
    {
        lock (_gate)
        {
            _unknown.TakeOrOwe(calls);
        }
    }

    /// <summary>Takes out what is to be added to the stored usage; <see langword="null"/> for nothing.</summary>
    public (DateOnly Day, ConsumerUsage Usage)? TakeAdded()
    {
        lock (_gate)
        {
            if (_added == Nothing)
            {
                return null;
            }

            var taken = (_day, _added);
            _stored = Sum(_stored, _added);
            _added = Nothing;
            return taken;
        }
    }

    /// <summary>Gives back what could not be stored. If a new day has begun since, it counts for that one.</summary>
    public void Return(DateOnly day, ConsumerUsage usage)
    {
        lock (_gate)
        {
            if (day == _day)
            {
                _stored = new ConsumerUsage(
                    Name,
                    _stored.Calls - usage.Calls,
                    _stored.ProviderCalls - usage.ProviderCalls,
                    _stored.Refusals - usage.Refusals
                );
            }

            _added = Sum(_added, usage);
        }
    }

    /// <summary>Sets the usage of all processes.</summary>
    public void SetStored(DateOnly day, ConsumerUsage usage)
    {
        lock (_gate)
        {
            StartDayNeedsGate();
            if (day == _day)
            {
                _stored = usage;
            }
        }
    }

    private void Add(ConsumerUsage usage)
    {
        lock (_gate)
        {
            StartDayNeedsGate();
            _added = Sum(_added, usage);
        }
    }

    /// <summary>Starts a new day at midnight, UTC. Usage of the last few seconds before it, not stored yet, counts for the new
    /// day.</summary>
    private void StartDayNeedsGate()
    {
        if (Today is var today && today != _day)
        {
            (_day, _stored) = (today, Nothing);
        }
    }

    private ConsumerUsage Sum(ConsumerUsage one, ConsumerUsage other) =>
        new(Name, one.Calls + other.Calls, one.ProviderCalls + other.ProviderCalls, one.Refusals + other.Refusals);

    private IEnumerable<(string, TokenBucket)> Rate(int? limit, TimeSpan period, string per) =>
        limit is { } calls ? [($"{calls} provider calls {per}", new TokenBucket(calls, period, _time))] : [];
}

/// <summary>A limit of a consumer that is used up.</summary>
/// <param name="Limit">For people: <c>60 provider calls a minute</c>.</param>
/// <param name="RetryAfter">When the same calls are allowed.</param>
public sealed record UsedUpLimit(string Limit, TimeSpan RetryAfter);
