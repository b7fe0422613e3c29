using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;
using Quorum.Functions.Telemetry;

namespace Quorum.Functions.Consumers;

/// <summary>The caller of a request, found by its key.</summary>
public sealed class Caller(ConsumerAccount account, AppMetrics metrics)
{
    private const string Key = "Quorum.Caller";

    public ConsumerAccount Account => account;

    /// <summary>The owner of the data that the caller creates and may read; <see langword="null"/> for the one owner and for the master
    /// key, which may read everything.</summary>
    public string? Owner => account.Consumer?.Name;

    /// <summary>The providers that the caller may ask.</summary>
    public ProviderSelection Providers { get; } =
        account.Consumer?.Providers is { } some ? ProviderSelection.Of(some) : ProviderSelection.All;

    /// <summary>True if the caller may read the data of an owner.</summary>
    /// <param name="owner"><see langword="null"/> for the one owner.</param>
    public bool Sees(string? owner) => Owner is null || Owner == owner;

    /// <summary>The caller of a request for data.</summary>
    public static Caller Of(HttpRequestData request) =>
        request.FunctionContext.Items.TryGetValue(Key, out var caller)
            ? (Caller)caller
            : throw new InvalidOperationException($"{request.FunctionContext.FunctionDefinition.Name} asks for no consumer's key.");

    public void AttachTo(HttpRequestData request) => request.FunctionContext.Items[Key] = this;

    /// <summary>The selection without the providers that the caller may not ask.</summary>
    /// <returns><see langword="false"/> if the selection names one of those.</returns>
    public bool TryNarrow(ProviderSelection asked, out ProviderSelection narrowed)
    {
        narrowed = asked.IsAll ? Providers : asked;
        return Providers.IsAll || narrowed.ToList().All(Providers.Contains);
    }

    /// <summary>Takes provider calls from the caller's limits; <see cref="SettleProviderCalls"/> must follow.</summary>
    /// <param name="calls">At least 1.</param>
    /// <param name="paced">True if the calls are spread over time by other means: only the day's limit counts.</param>
    /// <returns>The refusal; <see langword="null"/> when the calls are allowed.</returns>
    public Problem? TakeProviderCalls(int calls, string traceId, bool paced = false) =>
        account.TakeProviderCalls(calls, paced) is { } usedUp ? Refuse(ConsumerProblems.LimitUsedUp(account.Name, usedUp, traceId)) : null;

    /// <summary>Gives back the calls that were taken too many, or counts those that were taken too few, beyond the limits too.</summary>
    /// <param name="taken">The calls taken with <see cref="TakeProviderCalls"/>; 0 for none.</param>
    /// <param name="caused">The calls that the request causes.</param>
    /// <param name="paced">As when they were taken.</param>
    public void SettleProviderCalls(int taken, int caused, bool paced = false)
    {
        if (taken > caused)
        {
            account.GiveBackProviderCalls(taken - caused, paced);
        }
        else if (caused > taken)
        {
            account.CountProviderCalls(caused - taken);
        }

        if (caused > 0)
        {
            metrics.ProvidersCalled(account.Name, caused);
        }
    }

    /// <summary>Checks the limit for symbols that neither the reference data nor, so far, any provider knows.</summary>
    /// <returns>The refusal; <see langword="null"/> when providers may be asked.</returns>
    public Problem? RefuseUnknownSymbol(string traceId) =>
        account.UnknownSymbolsUsedUp() is { } usedUp ? Refuse(ConsumerProblems.LimitUsedUp(account.Name, usedUp, traceId)) : null;

    /// <summary>Checks that the caller may read what belongs to all consumers together.</summary>
    /// <returns>The refusal; <see langword="null"/> for the one owner and for the master key.</returns>
    public Problem? RefuseConsumer(string traceId) => Owner is null ? null : Refuse(ConsumerProblems.MasterKeyRequired(traceId));

    public Problem Refuse(Problem problem)
    {
        account.CountRefusal();
        metrics.ConsumerRefused(account.Name);
        return problem;
    }
}
