namespace Quorum.HubKills.Relay;

/// <summary>The fault that a relay applies to one request.</summary>
public enum Fate
{
    /// <summary>None: the request and its answer pass.</summary>
    Pass,

    /// <summary>The server rejects the request without running it, with "disk full".</summary>
    Reject,

    /// <summary>The connection breaks before the request reaches the server.</summary>
    BreakBefore,

    /// <summary>The connection breaks while the server runs the request: it may commit or not.</summary>
    BreakDuring,

    /// <summary>The server has run and committed the request, and the connection breaks before its answer arrives.</summary>
    BreakAfter,
}
