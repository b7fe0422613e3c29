using Quorum.Testing;

namespace Quorum.DurableTask.Contract.Tests.Differences;

/// <summary>A fact that does not hold on one engine.</summary>
/// <param name="Engine">The engine: the last part of the namespace of its test classes.</param>
/// <param name="Fact">The name of the fact.</param>
/// <param name="Reason">The reason, and why it may stay.</param>
public sealed partial record Difference(string Engine, string Fact, string Reason)
{
    /// <summary>Gets the difference under which the running fact is expected to fail.</summary>
    public static readonly AsyncLocal<Difference?> Current = new();

    /// <summary>Gets the time in which what must happen happens. A fact that is expected to fail by waiting in vain waits a short
    /// time.</summary>
    public static TimeSpan Deadline => Current.Value is null ? SignalTasks.Deadline : TimeSpan.FromSeconds(3);

    public static Difference? Find(Type testClass, string fact) =>
        All.FirstOrDefault(difference => difference.Fact == fact && difference.Engine == testClass.Namespace!.Split('.')[^1]);
}
