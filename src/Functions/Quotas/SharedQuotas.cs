using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Quotas;

/// <summary>Counts the providers' quotas in PostgreSQL, for all processes on one database.</summary>
internal sealed class SharedQuotas(QuotaStore store) : IQuotaLedger
{
    public async Task<QuotaAnswer> ExchangeAsync(QuotaExchange exchange, CancellationToken cancellationToken)
    {
        var grant = await store.ExchangeAsync(
            new QuotaRequest(
                exchange.Provider.ToString(),
                [.. exchange.Limits.Select(limit => new QuotaWindow(limit.Length, limit.Permits, limit.InteractiveReserve))],
                [.. exchange.Settled.Select(settled => new QuotaSettled(settled.Booking, settled.Permits, settled.Used, settled.Age))],
                exchange.Interactive,
                exchange.Background,
                exchange.Hold,
                exchange.CloseFor
            ),
            cancellationToken
        );
        return new QuotaAnswer
        {
            Interactive = (int)grant.Interactive,
            Background = (int)grant.Background,
            Booking = grant.Booking,
            Counts = [.. grant.Used.Zip(grant.RefillsIn, (used, refillsIn) => new QuotaCount(used, refillsIn))],
            NextInteractive = grant.NextInteractive,
            NextBackground = grant.NextBackground,
            ClosedFor = grant.ClosedFor,
        };
    }
}
