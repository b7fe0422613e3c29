namespace Quorum.Providers;

/// <summary>The calls that wait for permits, in the order of their arrival. Guarded by the gate's lock; times are on the gate's
/// clock.</summary>
internal sealed class QuotaQueue(LeasedPermits leased, QuotaDemand interactive, QuotaDemand background)
{
    private readonly List<QuotaWaiter> _waiting = [];

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Adds a call.</summary>
    /// <param name="demand">The demand of its kind.</param>
    /// <param name="permits">The number of permits.</param>
    /// <param name="until">The end of the wait.</param>
    public QuotaWaiter Add(QuotaDemand demand, int permits, TimeSpan until)
    {
        var waiter = new QuotaWaiter(demand, permits, until);
        _waiting.Add(waiter);
        demand.Waiting += permits;
        return waiter;
    }

    /// <summary>Removes a call whose wait has ended.</summary>
    /// <returns>False if it has been served meanwhile.</returns>
    public bool Remove(QuotaWaiter waiter)
    {
        if (!_waiting.Remove(waiter))
        {
            return false;
        }

        waiter.Demand.Waiting -= waiter.Permits;
        return true;
    }

    /// <summary>Grants the permits that are there, in order, and refuses the calls for which the next ones come too late.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="refusal">Returns the result of a refused call.</param>
    /// <returns>The calls that no longer wait.</returns>
    public ServedCalls Serve(TimeSpan now, Func<QuotaDemand, TimeSpan, AttemptResult> refusal)
    {
        List<(QuotaWaiter, QuotaVerdict)> served = [];
        interactive.IsQueued = background.IsQueued = false;
        for (var i = 0; i < _waiting.Count; )
        {
            var waiter = _waiting[i];
            QuotaVerdict verdict;
            if (!waiter.Demand.IsQueued && leased.Take(waiter.Demand.IsInteractive, waiter.Permits, now) is { } permit)
            {
                verdict = QuotaVerdict.Granted(permit);
            }
            else if (waiter.Until < waiter.Demand.NextAt)
            {
                verdict = QuotaVerdict.Refused(refusal(waiter.Demand, now));
            }
            else
            {
                waiter.Demand.IsQueued = true; // Later callers wait for this one, which may want more permits.
                i++;
                continue;
            }

            _waiting.RemoveAt(i);
            waiter.Demand.Waiting -= waiter.Permits;
            served.Add((waiter, verdict));
        }

        return new ServedCalls(served);
    }

    /// <summary>Refuses all waiting calls: the process stops.</summary>
    public void RefuseAll()
    {
        foreach (var waiter in _waiting)
        {
            waiter.TrySetResult(QuotaVerdict.Refused(AttemptResult.TimedOut));
        }

        _waiting.Clear();
    }
}

/// <summary>A call that waits for its permits.</summary>
/// <param name="demand">The demand of its kind.</param>
/// <param name="permits">The number of permits.</param>
/// <param name="until">The end of the wait, on the gate's clock.</param>
internal sealed class QuotaWaiter(QuotaDemand demand, int permits, TimeSpan until)
    : TaskCompletionSource<QuotaVerdict>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public QuotaDemand Demand { get; } = demand;

    public int Permits { get; } = permits;

    public TimeSpan Until { get; } = until;
}

/// <summary>Calls that no longer wait, with their verdicts.</summary>
internal readonly struct ServedCalls(List<(QuotaWaiter Waiter, QuotaVerdict Verdict)> calls)
{
    /// <summary>Gives the calls their verdicts. To be called outside of the lock.</summary>
    public void Complete()
    {
        foreach (var (waiter, verdict) in calls ?? [])
        {
            waiter.TrySetResult(verdict);
        }
    }
}
