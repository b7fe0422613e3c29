using System.Text;
using Quorum.Functions.Http;

namespace Quorum.Functions.Tests.Http;

public sealed class JsonBodyTests
{
    [Theory]
    [InlineData("""{"a":1}""")]
    [InlineData(" { \"a\" : 1 } \n")]
    [InlineData("""{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}""")]
    public void Nested_objects_may_repeat_a_name(string text)
    {
        var parameters = new QueryParameters([]);

        Assert.Equal(1, JsonBody.ParseObject(Encoding.UTF8.GetBytes(text), parameters)?.GetProperty("a").GetInt32());
        Assert.Empty(parameters.Faults);
    }

    [Theory]
    [InlineData("{\n\"a\":}", "body must be JSON; it is not at line 2, byte 5.")]
    [InlineData("""{"a":1,}""", "body must be JSON; it is not at line 1, byte 8.")]
    [InlineData("{} /* done */", "body must be JSON; it is not at line 1, byte 4.")]
    [InlineData("null", "body must be a JSON object.")]
    [InlineData("""{"a":1,"a":2}""", "a must be given once.")]
    [InlineData("""{"a":1,"\u0061":2}""", "a must be given once.")]
    [InlineData("""{"x":[{"b":1,"b":2}]}""", "b must be given once.")]
    [InlineData("""{"\uD800":1}""", "body must have names of Unicode text; one has half a surrogate pair.")]
    public void Anything_else_is_one_fault_that_says_where(string text, string fault)
    {
        var parameters = new QueryParameters([]);

        Assert.Null(JsonBody.ParseObject(Encoding.UTF8.GetBytes(text), parameters));
        Assert.Equal(fault, Assert.Single(parameters.Faults).ToString());
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void A_body_is_at_most_eight_levels_deep(int depth, bool isRead)
    {
        var text = string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);

        Assert.Equal(isRead, JsonBody.ParseObject(Encoding.UTF8.GetBytes(text), new QueryParameters([])) is not null);
    }
}
