namespace Quorum.StandaloneHost.Hosting;

/// <summary>The app to run, and the location of its files.</summary>
internal sealed record AppToRun
{
    /// <summary>The types that may declare functions.</summary>
    public required IEnumerable<Type> Types { get; init; }

    /// <summary>The folders that are searched for host.json and local.settings.json, in this order.</summary>
    public IReadOnlyList<string> Directories { get; init; } = [AppContext.BaseDirectory, Environment.CurrentDirectory];
}
