using Quorum.HubKills.Relay;

namespace Quorum.HubKills.Kills;

/// <param name="Request">The request to PostgreSQL at which a process is killed; one of <see cref="PostgresRequest.AllPoints"/>.</param>
/// <param name="Moment">Before it reached the server, while the server runs it, or after its commit and before its answer.</param>
public readonly record struct KillPoint(string Request, Fate Moment)
{
    private static readonly string[] Requests =
    [
        "start written",
        "activities called",
        "activity run",
        "activity result taken",
        "timer created",
        "timer fired",
        "event taken",
        "event sent",
        "sub-orchestration called",
        "sub-orchestration result taken",
        "continued as new",
        "ended",
        "message stored",
        "instances claimed",
        "history loaded",
        "inbox loaded",
        "transaction committed",
        "lease renewed",
        "other processes notified",
    ];

    /// <summary>Every request of a process that works, each before, during and after its commit.</summary>
    public static IReadOnlyList<KillPoint> All { get; } =
    [
        .. Requests.SelectMany(request =>
            ((Fate[])[Fate.BreakBefore, Fate.BreakDuring, Fate.BreakAfter]).Select(moment => new KillPoint(request, moment))
        ),
    ];

    public override string ToString() =>
        Moment switch
        {
            Fate.BreakBefore => Request + ", before",
            Fate.BreakDuring => Request + ", during",
            _ => Request + ", after the commit",
        };
}
