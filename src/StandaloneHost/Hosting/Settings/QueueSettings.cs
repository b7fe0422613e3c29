using Azure.Storage.Queues;

namespace Quorum.StandaloneHost.Hosting.Settings;

/// <summary>Settings of queue triggers (https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue).</summary>
public sealed record QueueSettings
{
    /// <summary>The maximum interval between two polls of an empty queue; intervals grow up to it. Default one minute.</summary>
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The time for which a message stays hidden after its function failed. Default 0.</summary>
    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>The number of messages taken at once, 1 to 32. Default 16.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The number of deliveries of a message before it goes to the poison queue. Default 5.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>
    /// The number of messages in progress, per queue, at or below which the next ones are taken. Default half of <see cref="BatchSize"/>.
    /// </summary>
    public int NewBatchThreshold { get; init; } = 8;

    /// <summary>The encoding of a message's text in the queue. Default Base64.</summary>
    public QueueMessageEncoding MessageEncoding { get; init; } = QueueMessageEncoding.Base64;

    internal static QueueSettings Read(SettingsReader reader)
    {
        const string Section = "extensions:queues";
        reader.Section(Section);
        var usual = new QueueSettings();
        var batch = reader.Whole($"{Section}:batchSize", 1, 32) ?? usual.BatchSize;
        return new QueueSettings
        {
            BatchSize = batch,
            NewBatchThreshold = reader.Whole($"{Section}:newBatchThreshold", 0, 1000) ?? batch / 2,
            MaxPollingInterval =
                reader.Duration($"{Section}:maxPollingInterval", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1))
                ?? usual.MaxPollingInterval,
            VisibilityTimeout =
                reader.Duration($"{Section}:visibilityTimeout", TimeSpan.Zero, TimeSpan.FromDays(7)) ?? usual.VisibilityTimeout,
            MaxDequeueCount = reader.Whole($"{Section}:maxDequeueCount", 1, 1000) ?? usual.MaxDequeueCount,
            MessageEncoding = reader.Choice<QueueMessageEncoding>($"{Section}:messageEncoding") ?? usual.MessageEncoding,
        };
    }
}
