namespace Quorum.Functions.Traces;

/// <summary>The steps of a request that have a span. Nothing else can be one, and no span holds a text that was not written here: no key
/// can get into it.</summary>
public enum SpanKind
{
    /// <summary>The HTTP request, from its arrival to its answer.</summary>
    Request,

    /// <summary>The start of the orchestration, until the task hub has taken it.</summary>
    Start,

    /// <summary>Reference data and stored quotes, from PostgreSQL.</summary>
    Load,

    /// <summary>The fetch from one provider, until its outcome or the deadline.</summary>
    Fetch,

    /// <summary>A fetch's wait for a slot of the concurrency limit and a permit of the quota.</summary>
    Wait,

    /// <summary>One HTTP request to a provider.</summary>
    Attempt,

    /// <summary>From the last outcome that a publication needed to the turn of the orchestrator that merged.</summary>
    FanIn,

    /// <summary>The merge, until its publication began: the turn and its commit.</summary>
    Merge,

    /// <summary>The publication, which answers waiting callers.</summary>
    Publish,

    /// <summary>The commit of the published quote.</summary>
    Store,
}
