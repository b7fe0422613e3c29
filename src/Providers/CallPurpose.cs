namespace Quorum.Providers;

/// <summary>The purpose of a call, which decides how much of a quota it may use.</summary>
public enum CallPurpose
{
    /// <summary>A caller waits for the answer.</summary>
    Interactive,

    /// <summary>An item of a batch: it may wait, it must not starve those who wait.</summary>
    Batch,

    /// <summary>A guess at what will be asked: made only where enough is left.</summary>
    Prefetch,
}
