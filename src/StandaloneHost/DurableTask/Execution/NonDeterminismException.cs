namespace Quorum.StandaloneHost.DurableTask.Execution;

/// <summary>An orchestrator did not ask for what its history holds: its code changed while the instance was under way, or it is not deterministic.</summary>
internal sealed class NonDeterminismException(string message) : Exception(message);
