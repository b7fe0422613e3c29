namespace Microsoft.Azure.Functions.Worker;

/// <summary>Which attempt of the same trigger event an invocation is.</summary>
public abstract class RetryContext
{
    /// <summary>Attempts before this one; 0 at first.</summary>
    public abstract int RetryCount { get; }

    /// <summary>How many further attempts a failure may lead to; 0 when the trigger does not retry.</summary>
    public abstract int MaxRetryCount { get; }
}
