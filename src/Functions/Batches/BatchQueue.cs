namespace Quorum.Functions.Batches;

internal static class BatchQueue
{
    /// <summary>The queue of <see cref="BatchMessage"/>s that start batches.</summary>
    public const string Name = "quote-batches";
}
