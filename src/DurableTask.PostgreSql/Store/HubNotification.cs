namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>The texts that processes send each other through NOTIFY: a letter, a blank, an instance id.</summary>
internal static class HubNotification
{
    /// <summary>The instance has a new message, or is new.</summary>
    public static string Message(string instanceId) => "m " + instanceId;

    /// <summary>A caller waits for the instance's end.</summary>
    public static string Watch(string instanceId) => "w " + instanceId;

    /// <summary>The instance has ended.</summary>
    public static string Completed(string instanceId) => "c " + instanceId;
}
