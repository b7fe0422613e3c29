using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts the function for each message of a queue; stands on a <see cref="string"/>, a <c>byte[]</c>, a <see cref="BinaryData"/>
/// or a type that the message's JSON becomes.</summary>
/// <param name="queueName">The queue; <c>%SETTING%</c> in it stands for a setting's value. It is created when it does not exist.</param>
public sealed class QueueTriggerAttribute(string queueName) : TriggerBindingAttribute
{
    /// <summary>The queue's name as declared.</summary>
    public string QueueName { get; } = queueName;

    /// <summary>The setting with the storage account's connection string, with or without <c>AzureWebJobs</c> before it;
    /// null: <c>AzureWebJobsStorage</c>.</summary>
    public string? Connection { get; set; }
}

/// <summary>Sends what the method returns, or what the property of the returned object holds, to a queue once the function succeeded:
/// a string, bytes, anything else as JSON; one message for each element of an array or a collection; nothing for null.</summary>
/// <param name="queueName">The queue; <c>%SETTING%</c> in it stands for a setting's value. It is created when it does not exist.</param>
public sealed class QueueOutputAttribute(string queueName) : OutputBindingAttribute
{
    /// <summary>The queue's name as declared.</summary>
    public string QueueName { get; } = queueName;

    /// <summary>The setting with the storage account's connection string, with or without <c>AzureWebJobs</c> before it;
    /// null: <c>AzureWebJobsStorage</c>.</summary>
    public string? Connection { get; set; }
}
