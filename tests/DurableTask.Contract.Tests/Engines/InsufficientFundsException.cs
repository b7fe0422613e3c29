using Microsoft.DurableTask.Worker;

namespace Quorum.DurableTask.Contract.Tests.Engines;

/// <summary>An exception of an application, with facts of its own that belong into the failure details.</summary>
public sealed class InsufficientFundsException(string account, int missing) : Exception($"Account {account} misses {missing}.")
{
    public string Account { get; } = account;

    public int Missing { get; } = missing;
}

/// <summary>Puts the account and the missing amount into the failure details.</summary>
public sealed class InsufficientFundsProperties : IExceptionPropertiesProvider
{
    public IDictionary<string, object?>? GetExceptionProperties(Exception exception) =>
        exception is InsufficientFundsException funds
            ? new Dictionary<string, object?> { ["account"] = funds.Account, ["missing"] = funds.Missing }
            : null;
}
