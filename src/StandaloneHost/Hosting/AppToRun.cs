namespace Quorum.StandaloneHost.Hosting;

/// <summary>What to run, and where its files lie.</summary>
internal sealed record AppToRun
{
    /// <summary>The types that may declare functions.</summary>
    public required IEnumerable<Type> Types { get; init; }

    /// <summary>Where host.json and local.settings.json are looked for, in this order.</summary>
    public IReadOnlyList<string> Directories { get; init; } = [AppContext.BaseDirectory, Environment.CurrentDirectory];
}
