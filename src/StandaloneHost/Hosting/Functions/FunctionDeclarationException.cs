using Microsoft.Extensions.Options;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>The app declares functions that cannot run, or not with these settings. The message has one sentence for each.</summary>
public sealed class FunctionDeclarationException : OptionsValidationException
{
    internal FunctionDeclarationException(IReadOnlyList<string> faults)
        : base(Options.DefaultName, typeof(Function), faults) { }

    public override string Message =>
        $"The app cannot start, its functions have {(Failures.Count() == 1 ? "a fault" : $"{Failures.Count()} faults")}:"
        + string.Concat(Failures.Select(fault => $"{Environment.NewLine}  - {fault}"));
}
