using System.Text;
using System.Text.Json;

namespace Quorum.MarketData.Tests;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData("214.29", "214.29")]
    [InlineData("214.2900", "214.2900")]
    [InlineData(" 214.29 ", "214.29")]
    [InlineData("-1.71", "-1.71")]
    [InlineData("+1.71", "1.71")]
    [InlineData("-0.7917%", "-0.7917")]
    [InlineData("0.84 %", "0.84")]
    [InlineData("9.5595226E7", "95595226")]
    [InlineData("1e-3", "0.001")]
    [InlineData("0", "0")]
    [InlineData("742512.345678", "742512.345678")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    public void A_number_is_read_exactly(string text, string expected)
    {
        Assert.Equal(expected, NumberText.Parse(text)!.Value.ToString());
        Assert.Equal(expected, NumberText.Parse(Encoding.UTF8.GetBytes(text))!.Value.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("NA")]
    [InlineData("N/A")]
    [InlineData("n/a")]
    [InlineData("None")]
    [InlineData("null")]
    [InlineData("-")]
    [InlineData("--")]
    [InlineData("NaN")]
    [InlineData("nan")]
    [InlineData("%")]
    [InlineData("NaN%")]
    [InlineData("None %")]
    [InlineData("5%%")]
    [InlineData("Infinity")]
    [InlineData("abc")]
    [InlineData("1,234.5")]
    [InlineData("1 234")]
    [InlineData("$5")]
    [InlineData("0x10")]
    [InlineData("١٢")]
    public void A_word_for_nothing_and_a_text_that_is_no_number_are_missing(string text)
    {
        Assert.Null(NumberText.Parse(text));
        Assert.Null(NumberText.Parse(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("79228162514264337593543950336")]
    [InlineData("1e29")]
    [InlineData("1e400")]
    [InlineData("-1e99999999999999")]
    public void A_number_too_large_for_a_decimal_is_missing(string text) => Assert.Null(NumberText.Parse(text));

    [Theory]
    [InlineData("38765012", 38765012L)]
    [InlineData("95595226.0", 95595226L)]
    [InlineData("9.5E7", 95000000L)]
    [InlineData("12.9", 12L)]
    [InlineData("-12.9", -12L)]
    [InlineData("1750267930482913771", 1750267930482913771L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_whole_number_keeps_every_digit_and_loses_its_fraction(string text, long expected) =>
        Assert.Equal(expected, NumberText.ParseWhole(text));

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("1e20")]
    [InlineData("NA")]
    public void A_whole_number_beyond_64_bits_is_missing(string text) => Assert.Null(NumberText.ParseWhole(text));

    [Theory]
    [InlineData("214.29", "214.29")]
    [InlineData("\"214.2900\"", "214.2900")]
    [InlineData("\"-0.7917%\"", "-0.7917")]
    [InlineData("\"\\u002B0.84\"", "0.84")]
    [InlineData("1.5e2", "150")]
    public void A_json_number_field_may_hold_a_number_or_a_string(string json, string expected) =>
        Assert.Equal(expected, Read(json).ToString());

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{\"x\":[1]}")]
    [InlineData("[1,[2]]")]
    [InlineData("1e400")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"None\"")]
    public void A_json_number_field_that_holds_anything_else_is_missing_and_the_rest_is_read(string json)
    {
        Assert.Null(Read(json));
        Assert.Equal(7, JsonSerializer.Deserialize<decimal?[]>($"[{json},7]", Options)![1]);
    }

    [Fact]
    public void A_very_long_text_in_a_number_field_is_missing() =>
        Assert.Null(Read('"' + new string('\\', 2) + new string('9', 100_000) + '"'));

    [Fact]
    public async Task A_number_field_is_read_from_a_stream_that_arrives_byte_by_byte()
    {
        await using var stream = new TricklingStream(Encoding.UTF8.GetBytes("""["1.25",{"a":{"b":1}},2.5,"\u002B3",9.5E1]"""));

        var numbers = await JsonSerializer.DeserializeAsync<decimal?[]>(stream, Options);

        Assert.Equal([1.25m, null, 2.5m, 3m, 95m], numbers!);
    }

    [Theory]
    [InlineData("95595226.0", 95595226L)]
    [InlineData("\"95595226\"", 95595226L)]
    [InlineData("\"NA\"", null)]
    [InlineData("{}", null)]
    [InlineData("1e30", null)]
    public void A_json_whole_number_field_is_as_lenient(string json, long? expected) =>
        Assert.Equal(expected, JsonSerializer.Deserialize<long?>(json, Options));

    private static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new LenientDecimalConverter(), new LenientInt64Converter() },
        DefaultBufferSize = 1,
    };

    private static decimal? Read(string json) => JsonSerializer.Deserialize<decimal?>(json, Options);

    /// <summary>Gives one byte for each read.</summary>
    private sealed class TricklingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..1], cancellationToken);
    }
}
