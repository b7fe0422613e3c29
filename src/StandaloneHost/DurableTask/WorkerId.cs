namespace Quorum.StandaloneHost.DurableTask;

/// <summary>This process' name in the hub: for people its machine and number, and something random, since numbers come again.</summary>
internal sealed record WorkerId(string Value)
{
    public static WorkerId New() => new($"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}");
}
