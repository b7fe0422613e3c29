using Quorum.DurableTask.Contract.Tests.Facts;

namespace Quorum.DurableTask.Contract.Tests.Differences;

public sealed class DifferenceTests
{
    private static readonly Type[] Types = typeof(DifferenceTests).Assembly.GetTypes();

    private static readonly Type[] Facts = [.. Types.Where(type => type.IsAbstract && type.IsSubclassOf(typeof(ContractFacts)))];

    [Fact]
    public void Every_engine_runs_every_fact()
    {
        var engines = Types.Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(ContractFacts))).ToLookup(type => type.Namespace);

        Assert.All(
            engines,
            engine => Assert.Equal(Facts.Select(facts => facts.Name).Order(), engine.Select(tests => tests.BaseType!.Name).Order())
        );
    }

    [Fact]
    public void Every_listed_difference_names_a_fact_and_is_listed_once()
    {
        var facts = Facts.SelectMany(type => type.GetMethods()).Select(method => method.Name).ToHashSet();

        Assert.All(Difference.All, difference => Assert.Contains(difference.Fact, facts));
        Assert.Distinct(Difference.All.Select(difference => (difference.Engine, difference.Fact)));
    }
}
