using Xunit.Abstractions;
using Xunit.Sdk;

namespace Quorum.DurableTask.Contract.Tests.Differences;

/// <summary>A fact that holds on every engine except those that <see cref="Difference.All"/> lists, where it must fail.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Quorum.DurableTask.Contract.Tests.Differences.ContractFactDiscoverer", "Quorum.DurableTask.Contract.Tests")]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>Makes a <see cref="ContractTestCase"/> of each <see cref="ContractFactAttribute"/>.</summary>
public sealed class ContractFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        ITestMethod testMethod,
        IAttributeInfo factAttribute
    ) =>
        [
            new ContractTestCase(
                diagnostics,
                discoveryOptions.MethodDisplayOrDefault(),
                discoveryOptions.MethodDisplayOptionsOrDefault(),
                testMethod
            ),
        ];
}
