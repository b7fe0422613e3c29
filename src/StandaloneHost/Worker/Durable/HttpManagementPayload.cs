namespace Microsoft.Azure.Functions.Worker;

/// <summary>Where an orchestration can be watched and steered over HTTP. A key that these addresses ask for is not in them.</summary>
public class HttpManagementPayload
{
    /// <summary>The instance.</summary>
    public string? Id { get; internal set; }

    /// <summary>GET: its status.</summary>
    public string? StatusQueryGetUri { get; internal set; }

    /// <summary>POST: sends it an event; <c>{eventName}</c> is to be replaced.</summary>
    public string? SendEventPostUri { get; internal set; }

    /// <summary>POST: ends it.</summary>
    public string? TerminatePostUri { get; internal set; }

    /// <summary>Null: not to be had.</summary>
    public string? RewindPostUri { get; internal set; }

    /// <summary>DELETE: deletes it and its history.</summary>
    public string? PurgeHistoryDeleteUri { get; internal set; }

    /// <summary>Null: not to be had.</summary>
    public string? RestartPostUri { get; internal set; }

    /// <summary>POST: suspends it.</summary>
    public string? SuspendPostUri { get; internal set; }

    /// <summary>POST: resumes it.</summary>
    public string? ResumePostUri { get; internal set; }
}
