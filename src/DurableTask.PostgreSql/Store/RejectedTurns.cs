using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>Finds out what has become of turns that PostgreSQL rejects, and settles them.</summary>
internal sealed partial class RejectedTurns(TurnStore store, ILogger logger)
{
    // Attempts at a turn whose children's ids were taken and are free when they are looked up: instances may be purged meanwhile.
    private const int MaxUnchanged = 3;

    /// <summary>Takes the turns that lost their instance out of the group.</summary>
    /// <returns>False if none are left.</returns>
    public async Task<bool> RemoveLostAsync(List<TurnCommit> group, PostgresException fault, CancellationToken cancellationToken)
    {
        var held = TurnStatements.Held(group);
        foreach (var position in (fault.Hint ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var lost = held[int.Parse(position, CultureInfo.InvariantCulture) - 1];
            if (!await IsStoredAsync(lost, cancellationToken))
            {
                LogLost(logger, lost.InstanceId);
                lost.OnLost();
            }

            group.Remove(lost);
        }

        return group.Count > 0;
    }

    /// <summary>Settles a single turn that PostgreSQL rejects: it is stored already, the id of a new instance is taken, or it can never be
    /// written.</summary>
    /// <returns>False if it was changed instead, so that it can be written now.</returns>
    public async Task<bool> SettleAsync(TurnCommit single, PostgresException fault, CancellationToken cancellationToken)
    {
        if (fault is { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            if (await IsStoredAsync(single, cancellationToken))
            {
                return true;
            }

            var isIdTaken = fault.ConstraintName == "instances_pkey";
            if (isIdTaken && single.Insert is { } insert && await store.ExistsAsync(insert.InstanceId, cancellationToken))
            {
                single.OnLost(); // its children are none of a start that is refused
                return true;
            }

            if (isIdTaken && single.Children.Count > 0 && await SettleChildrenAsync(single, cancellationToken))
            {
                return false;
            }

            if (isIdTaken && single.Insert is not null)
            {
                single.OnLost();
                return true;
            }
        }

        Fail(single, fault);
        return true;
    }

    /// <summary>Ends the instance of a turn that can never be written.</summary>
    public void Fail(TurnCommit turn, Exception fault)
    {
        LogRejected(logger, fault, turn.InstanceId);
        turn.OnFailed(fault);
    }

    /// <summary>Settles a turn that is stored already, by a write without an answer.</summary>
    /// <returns>False if it is not stored.</returns>
    private async Task<bool> IsStoredAsync(TurnCommit turn, CancellationToken cancellationToken)
    {
        if (!turn.MayBeCommitted || await store.IsHeldAfterAsync(turn, cancellationToken) is not { } isHeld)
        {
            return false;
        }

        if (isHeld)
        {
            turn.OnCommitted();
        }
        else
        {
            LogLost(logger, turn.InstanceId);
            turn.OnTakenOver();
        }

        return true;
    }

    /// <summary>Makes the ids of a turn's children available: finished instances under them are replaced, a call of an id that is in use
    /// fails.</summary>
    /// <returns>False if nothing changed, again and again.</returns>
    private async Task<bool> SettleChildrenAsync(TurnCommit turn, CancellationToken cancellationToken)
    {
        var ids = turn.Children.Select(child => child.InstanceId).ToArray();
        var (taken, freed) = await store.FreeIdsAsync([.. ids.Distinct(StringComparer.Ordinal)], cancellationToken);
        var seen = new HashSet<string>(taken, StringComparer.Ordinal);
        if (turn.Insert is { } insert)
        {
            seen.Add(insert.InstanceId);
        }

        var rejected = turn.Children.Where(child => !seen.Add(child.InstanceId)).ToArray();
        if (rejected.Length > 0)
        {
            turn.Children = [.. turn.Children.Except(rejected)];
            turn.Messages = [.. turn.Messages, .. rejected.Select(ChildRejection.MessageFor).OfType<OutgoingMessage>()];
        }

        return rejected.Length > 0 || freed > 0 || turn.UnchangedAttempts++ < MaxUnchanged;
    }

    [LoggerMessage(2302, LogLevel.Error, "PostgreSQL rejected a turn of instance {InstanceId}")]
    private static partial void LogRejected(ILogger logger, Exception exception, string instanceId);

    [LoggerMessage(2303, LogLevel.Information, "Another process owns instance {InstanceId}; dropped here")]
    private static partial void LogLost(ILogger logger, string instanceId);
}
