using System.ComponentModel;
using System.Text.Json;
using Quorum.StandaloneHost.DurableTask;

namespace Quorum.StandaloneHost.Tests.DurableTask;

public sealed class PayloadConverterTests
{
    private readonly PayloadConverter _converter = new(new JsonSerializerOptions { PropertyNameCaseInsensitive = true });

    [Fact]
    public void An_immutable_value_is_handed_over_once_without_being_parsed()
    {
        var value = new Price(7);
        var json = _converter.Serialize(value);

        Assert.Same(value, _converter.Deserialize(json, typeof(Price)));

        var parsed = _converter.Deserialize(json, typeof(Price)); // it has been taken
        Assert.Equal(value, parsed);
        Assert.NotSame(value, parsed);
    }

    [Fact]
    public void An_immutable_argument_of_an_activity_is_handed_over_too()
    {
        var value = new Price(7);
        var json = _converter.Serialize(new object[] { value });

        Assert.Equal("""[{"Amount":7}]""", json);
        Assert.Same(value, _converter.ReadArgument<Price>(json));
        Assert.Equal(value, _converter.ReadArgument<Price>(json));
    }

    [Fact]
    public void A_value_that_may_change_is_parsed()
    {
        var value = new Basket { Items = ["a"] };
        var json = _converter.Serialize(value);
        value.Items.Add("b");

        Assert.Equal(["a"], ((Basket?)_converter.Deserialize(json, typeof(Basket)))?.Items);
    }

    [Fact]
    public void Another_string_with_the_same_text_and_another_type_get_values_of_their_own()
    {
        var value = new Price(7);
        var json = _converter.Serialize(value) ?? "";

        Assert.NotSame(value, _converter.Deserialize(new string(json.AsSpan()), typeof(Price)));
        Assert.Equal(new Cost(7), _converter.Deserialize(json, typeof(Cost)));
        Assert.Same(value, _converter.Deserialize(json, typeof(Price)));
    }

    [Fact]
    public void A_payload_that_is_JSON_already_is_stored_and_read_unchanged()
    {
        Assert.Equal("{ \"a\" : 1 }", _converter.Serialize(new Payload("{ \"a\" : 1 }")));
        Assert.Equal(new Payload("[1,  2]"), _converter.Deserialize("[1,  2]", typeof(Payload)));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("null", 0)]
    [InlineData("5", 5)]
    [InlineData("[5]", 5)]
    public void A_missing_argument_is_the_default_value(string? json, int expected)
    {
        Assert.Equal(expected, _converter.ReadArgument<int>(json));
    }

    [Fact]
    public void Nothing_is_no_payload()
    {
        Assert.Null(_converter.Serialize(null));
        Assert.Null(_converter.Deserialize(null, typeof(Price)));
    }

    [ImmutableObject(true)]
    private sealed record Price(int Amount);

    private sealed record Cost(int Amount);

    private sealed class Basket
    {
        public List<string> Items { get; init; } = [];
    }
}
