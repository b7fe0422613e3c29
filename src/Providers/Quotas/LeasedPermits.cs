namespace Quorum.Providers;

/// <summary>
/// The permits that this process holds, lease by lease, and those to report to the ledger. Guarded by the gate's lock; times are on the
/// gate's clock.
/// </summary>
/// <param name="gate">The gate that holds them.</param>
internal sealed class LeasedPermits(QuotaGate gate)
{
    /// <summary>The end of a lease in which it no longer counts as stock: the next one is fetched meanwhile.</summary>
    private static readonly TimeSpan LeaseEnd = TimeSpan.FromSeconds(2.5);

    private readonly List<QuotaLease> _stock = [];
    private readonly List<QuotaLease> _owing = [];

    /// <summary>The time at which a settlement is due; <see cref="TimeSpan.MaxValue"/> for none.</summary>
    public TimeSpan SettleAt { get; private set; } = TimeSpan.MaxValue;

    /// <summary>True if there is anything to settle.</summary>
    public bool Owes => _owing.Count > 0;

    /// <summary>The end of the first lease; <see cref="TimeSpan.MaxValue"/> for none.</summary>
    public TimeSpan FirstEnd
    {
        get
        {
            var first = TimeSpan.MaxValue;
            foreach (var lease in _stock)
            {
                first = lease.TakeBefore < first ? lease.TakeBefore : first;
            }

            return first;
        }
    }

    public void Add(QuotaLease lease) => _stock.Add(lease);

    /// <summary>Returns the number of permits held in advance for one kind of call that are valid for a while.</summary>
    public long Count(bool isInteractive, TimeSpan now)
    {
        var stock = 0L;
        foreach (var lease in _stock)
        {
            if (lease.IsInteractive == isInteractive && lease.TakeBefore - now > LeaseEnd)
            {
                stock += lease.Left;
            }
        }

        return stock;
    }

    /// <summary>Interactive calls take from leases of their own first, then from the others: those were granted by the stricter
    /// rule.</summary>
    /// <returns><see langword="null"/> when there are not as many.</returns>
    public QuotaPermit? Take(bool isInteractive, int permits, TimeSpan now)
    {
        var there = 0L;
        foreach (var lease in _stock)
        {
            there += now < lease.TakeBefore && (isInteractive || !lease.IsInteractive) ? lease.Left : 0;
        }

        if (there < permits)
        {
            return null;
        }

        QuotaPermit? taken = null;
        if (isInteractive)
        {
            taken = TakeFrom(isInteractive: true, ref permits, now, taken);
        }

        return permits > 0 ? TakeFrom(isInteractive: false, ref permits, now, taken) : taken;
    }

    /// <summary>Ends a call with its permits.</summary>
    /// <param name="permit">All of its permits.</param>
    /// <param name="now">The current time.</param>
    /// <param name="due">The time at which the ledger must be updated.</param>
    public void End(QuotaPermit permit, TimeSpan now, TimeSpan due)
    {
        for (var ended = permit; ended is not null; ended = ended.Rest)
        {
            ended.Lease.Used += ended.Permits;
            ended.Lease.LastEnd = now;
            Owe(ended.Lease, due);
        }
    }

    /// <summary>Returns the permits of a call that was not made.</summary>
    /// <param name="permit">All of its permits.</param>
    /// <param name="now">The current time.</param>
    /// <param name="mayBeTaken">True if other calls may take them.</param>
    /// <returns>True if some can no longer be taken, and must be settled.</returns>
    public bool GiveBack(QuotaPermit permit, TimeSpan now, bool mayBeTaken)
    {
        var owes = false;
        for (var given = permit; given is not null; given = given.Rest)
        {
            var lease = given.Lease;
            if (now >= lease.TakeBefore || !mayBeTaken)
            {
                lease.Unused += given.Permits;
                Owe(lease, now);
                owes = true;
                continue;
            }

            if (lease.Left == 0)
            {
                _stock.Add(lease);
            }

            lease.Left += given.Permits;
        }

        return owes;
    }

    /// <summary>Moves permits that can no longer be taken to the settlement.</summary>
    public void Expire(TimeSpan now)
    {
        for (var i = _stock.Count - 1; i >= 0; i--)
        {
            var lease = _stock[i];
            if (now < lease.TakeBefore)
            {
                continue;
            }

            (lease.Unused, lease.Left) = (lease.Unused + lease.Left, 0);
            _stock.RemoveAt(i);
            Owe(lease, TimeSpan.Zero);
        }
    }

    /// <summary>All that is owed, which from now on is not any more.</summary>
    public List<QuotaSettlement> Settle(TimeSpan now)
    {
        List<QuotaSettlement> settlements = [];
        foreach (var lease in _owing)
        {
            settlements.Add(new QuotaSettlement(lease.Booking, lease.Used + lease.Unused, lease.Used, now - lease.LastEnd));
            (lease.Used, lease.Unused, lease.IsOwing) = (0, 0, false);
        }

        _owing.Clear();
        SettleAt = TimeSpan.MaxValue;
        return settlements;
    }

    private QuotaPermit? TakeFrom(bool isInteractive, ref int permits, TimeSpan now, QuotaPermit? taken)
    {
        for (var i = 0; i < _stock.Count && permits > 0; )
        {
            var lease = _stock[i];
            if (lease.IsInteractive != isInteractive || now >= lease.TakeBefore)
            {
                i++;
                continue;
            }

            var some = Math.Min(permits, lease.Left);
            permits -= some;
            lease.Left -= some;
            taken = new QuotaPermit(gate, lease, some, taken);
            if (lease.Left == 0)
            {
                _stock.RemoveAt(i);
            }
        }

        return taken;
    }

    private void Owe(QuotaLease lease, TimeSpan due)
    {
        if (!lease.IsOwing)
        {
            lease.IsOwing = true;
            _owing.Add(lease);
        }

        SettleAt = due < SettleAt ? due : SettleAt;
    }
}
