using System.ComponentModel;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Quorum.DurableTask.Contract.Tests.Differences;

/// <summary>One fact on one engine. A listed difference turns the result round, so that a difference that is gone is noticed.</summary>
public sealed class ContractTestCase : XunitTestCase
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("Called by xunit's deserializer.")]
    public ContractTestCase() { }

    public ContractTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(diagnostics, display, options, method) { }

    public override async Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink,
        IMessageBus messageBus,
        object[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource
    )
    {
        var difference = Difference.Find(TestMethod.TestClass.Class.ToRuntimeType(), TestMethod.Method.Name);
        if (difference is null)
        {
            return await base.RunAsync(diagnosticMessageSink, messageBus, constructorArguments, aggregator, cancellationTokenSource);
        }

        Difference.Current.Value = difference;
        using var turned = new TurnedMessageBus(messageBus, difference);
        var summary = await base.RunAsync(diagnosticMessageSink, turned, constructorArguments, aggregator, cancellationTokenSource);
        summary.Failed = summary.Total - summary.Skipped - summary.Failed;
        return summary;
    }

    private sealed class TurnedMessageBus(IMessageBus inner, Difference difference) : IMessageBus
    {
        public bool QueueMessage(IMessageSinkMessage message) =>
            inner.QueueMessage(
                message switch
                {
                    ITestFailed failed => new TestPassed(failed.Test, failed.ExecutionTime, $"Differs: {difference.Reason}"),
                    ITestPassed passed => new TestFailed(
                        passed.Test,
                        passed.ExecutionTime,
                        passed.Output,
                        new XunitException(
                            $"{difference.Engine} no longer differs here; remove the entry from {nameof(Difference)}.{nameof(Difference.All)}."
                        )
                    ),
                    _ => message,
                }
            );

        public void Dispose()
        {
            // The inner bus belongs to xunit.
        }
    }
}
