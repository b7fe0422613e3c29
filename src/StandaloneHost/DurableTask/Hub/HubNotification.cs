namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>What processes tell each other through NOTIFY: a letter, a blank, an instance id.</summary>
internal static class HubNotification
{
    /// <summary>Where they are told.</summary>
    public const string Channel = "taskhub";

    /// <summary>Something is in the instance's inbox.</summary>
    public static string Message(string instanceId) => "m " + instanceId;

    /// <summary>Somebody waits for the instance's end.</summary>
    public static string Watch(string instanceId) => "w " + instanceId;

    /// <summary>The instance has ended.</summary>
    public static string Completed(string instanceId) => "c " + instanceId;
}
