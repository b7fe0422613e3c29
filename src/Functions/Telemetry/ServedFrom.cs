namespace Quorum.Functions.Telemetry;

/// <summary>The source of the answer to a request for a quote.</summary>
public enum ServedFrom
{
    /// <summary>No quote: the answer is a problem document.</summary>
    Nothing,

    /// <summary>A published quote in this process's memory.</summary>
    Cache,

    /// <summary>A published quote in PostgreSQL.</summary>
    Store,

    /// <summary>The orchestration that the request waited for.</summary>
    Orchestration,

    /// <summary>The providers, asked without an orchestration while the task hub was unavailable.</summary>
    Providers,

    /// <summary>Stored quotes, because the budget ended.</summary>
    StandIn,

    /// <summary>A 202: the address where the result will be.</summary>
    Later,
}
