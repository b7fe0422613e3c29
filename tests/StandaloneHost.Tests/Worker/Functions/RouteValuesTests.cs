using Quorum.StandaloneHost.Hosting.Functions;

namespace Quorum.StandaloneHost.Tests.Worker.Functions;

public sealed class RouteValuesTests
{
    [Theory]
    [InlineData(typeof(string), true)]
    [InlineData(typeof(int), true)]
    [InlineData(typeof(decimal?), true)]
    [InlineData(typeof(Guid), true)]
    [InlineData(typeof(DateOnly), true)]
    [InlineData(typeof(DateTimeOffset?), true)]
    [InlineData(typeof(DayOfWeek), true)]
    [InlineData(typeof(DayOfWeek?), true)]
    [InlineData(typeof(object), false)]
    [InlineData(typeof(Uri), false)]
    [InlineData(typeof(string[]), false)]
    [InlineData(typeof(CancellationToken), false)]
    public void A_route_value_may_be_a_string_an_enumeration_or_of_a_type_that_parses_itself(Type type, bool expected) =>
        Assert.Equal(expected, RouteValues.CanConvert(type));
}
