namespace Quorum.EmbeddedRuntime.Hosting.Functions;

/// <summary>The app declares functions that cannot run. Says of every one why.</summary>
public sealed class FunctionDeclarationException : Exception
{
    internal FunctionDeclarationException(IReadOnlyList<string> faults)
        : base($"The app cannot start, its functions have {(faults.Count == 1 ? "a fault" : $"{faults.Count} faults")}:"
            + string.Concat(faults.Select(fault => $"{Environment.NewLine}  - {fault}")))
    {
        Faults = faults;
    }

    /// <summary>One sentence for each fault.</summary>
    public IReadOnlyList<string> Faults { get; }
}
