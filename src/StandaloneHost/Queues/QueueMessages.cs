using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Quorum.StandaloneHost.Queues;

/// <summary>The queue operations that the standalone host uses, with the service's expected refusals as results.</summary>
internal static class QueueMessages
{
    /// <summary>Adds a message that does not expire.</summary>
    /// <exception cref="ArgumentException">The text is longer than the service accepts.</exception>
    public static Task SendTextAsync(this QueueClient queue, string text, CancellationToken cancellationToken)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        if (size > queue.MessageMaxBytes)
        {
            throw new ArgumentException(
                $"A message for queue '{queue.Name}' must not exceed {queue.MessageMaxBytes} bytes; it has {size}.",
                nameof(text)
            );
        }

        return queue.SendMessageAsync(text, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken: cancellationToken);
    }

    /// <summary>Receives messages and hides them from others for a time.</summary>
    public static async Task<QueueMessage[]> ReceiveAsync(
        this QueueClient queue,
        int count,
        TimeSpan hiddenFor,
        CancellationToken cancellationToken
    ) => (await queue.ReceiveMessagesAsync(count, hiddenFor, cancellationToken)).Value;

    /// <summary>Deletes a received message.</summary>
    /// <returns>False if the message is gone, or another process has received it since.</returns>
    public static async Task<bool> DeleteAsync(
        this QueueClient queue,
        string messageId,
        string popReceipt,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await queue.DeleteMessageAsync(messageId, popReceipt, cancellationToken);
            return true;
        }
        catch (RequestFailedException fault) when (IsGone(fault))
        {
            return false;
        }
    }

    /// <summary>Hides a received message for a time that begins now.</summary>
    /// <returns>The new receipt; <see langword="null"/> if the message is gone, or another process has received it since.</returns>
    public static async Task<string?> HideAsync(
        this QueueClient queue,
        string messageId,
        string popReceipt,
        TimeSpan hiddenFor,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (await queue.UpdateMessageAsync(messageId, popReceipt, messageText: null, hiddenFor, cancellationToken))
                .Value
                .PopReceipt;
        }
        catch (RequestFailedException fault) when (IsGone(fault))
        {
            return null;
        }
    }

    /// <summary>True if the storage service did not answer or failed, so that the same request may succeed later.</summary>
    public static bool IsUnavailable(Exception fault) =>
        fault switch
        {
            RequestFailedException failed => failed.Status is 0 or >= 500,
            AggregateException all => all.InnerExceptions.All(IsUnavailable), // The library's form after its last retry.
            TaskCanceledException => true, // The network timeout; callers here pass no token that ends.
            _ => false,
        };

    private static bool IsGone(RequestFailedException fault) =>
        fault.ErrorCode == QueueErrorCode.MessageNotFound || fault.ErrorCode == QueueErrorCode.PopReceiptMismatch;
}
