namespace Quorum.Functions.Batches;

internal static class BatchQueue
{
    /// <summary>Where batches wait to be started, as <see cref="BatchMessage"/>s.</summary>
    public const string Name = "quote-batches";
}
