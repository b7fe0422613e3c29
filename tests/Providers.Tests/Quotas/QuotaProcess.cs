using Microsoft.Extensions.Logging.Abstractions;
using Quorum.MarketData;
using Quorum.Testing;

namespace Quorum.Providers.Tests;

/// <summary>One process's gate to a quota that it shares with others, and its way to the ledger, which can break.</summary>
internal sealed class QuotaProcess : IQuotaLedger, IAsyncDisposable
{
    public static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(5);

    private readonly IQuotaLedger _shared;
    private readonly TimeProvider _time;

    public QuotaProcess(IQuotaLedger shared, TimeProvider time, params IReadOnlyList<QuotaLimit> limits)
    {
        (_shared, _time) = (shared, time);
        Gate = new QuotaGate(ProviderId.Finnhub, limits, LongestCall, this, time, NullLogger.Instance);
    }

    public QuotaGate Gate { get; }

    /// <summary>True if the ledger is unreachable.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>True if its requests are carried out, and only the answers are lost.</summary>
    public bool LosesAnswers { get; set; }

    public List<QuotaExchange> Exchanges { get; } = [];

    public async Task<QuotaAnswer> ExchangeAsync(QuotaExchange exchange, CancellationToken cancellationToken)
    {
        if (IsCutOff)
        {
            throw new IOException("The ledger is out of reach.");
        }

        Exchanges.Add(exchange);
        var answer = await _shared.ExchangeAsync(exchange, cancellationToken);
        return LosesAnswers ? throw new IOException("The answer is lost.") : answer;
    }

    /// <summary>A permit now, or a refusal.</summary>
    public async Task<QuotaVerdict> TakeAsync(CallPurpose purpose = CallPurpose.Interactive, int permits = 1) =>
        await Gate.TakeAsync(purpose, permits, _time.GetUtcNow(), CancellationToken.None).AsTask().WithinAsync();

    /// <summary>Makes a call that takes no time.</summary>
    /// <returns>True if it was admitted.</returns>
    public async Task<bool> CallAsync(CallPurpose purpose = CallPurpose.Interactive, int permits = 1)
    {
        var verdict = await TakeAsync(purpose, permits);
        verdict.Permit?.End();
        return verdict.Refusal is null;
    }

    /// <returns>The number of calls that were admitted before one was refused.</returns>
    public async Task<int> CallUntilRefusedAsync(CallPurpose purpose = CallPurpose.Interactive)
    {
        var calls = 0;
        while (await CallAsync(purpose))
        {
            calls++;
        }

        return calls;
    }

    public ValueTask DisposeAsync() => Gate.DisposeAsync();
}
