using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Tests.Worker.Settings;

public sealed class SettingsReaderTests
{
    private readonly List<string> _faults = [];

    [Theory]
    [InlineData("5", 5)]
    [InlineData("0", 0)]
    [InlineData("-3", null)]
    [InlineData("11", null)]
    [InlineData("5.0", null)]
    [InlineData(" 5", null)]
    [InlineData("five", null)]
    public void A_whole_number_lies_in_its_range(string text, int? expected)
    {
        Assert.Equal(expected, Reader(text).Whole("a:b", 0, 10));
        Assert.Equal(expected is null ? [$"host.json: a.b must be a whole number from 0 to 10; got '{text}'."] : [], _faults);
    }

    [Theory]
    [InlineData("00:00:30", 30.0)]
    [InlineData("1.00:00:00", 86_400.0)]
    [InlineData("00:00:00.5", 0.5)]
    [InlineData("30", null)]
    [InlineData("2.00:00:00", null)]
    [InlineData("-00:00:01", null)]
    [InlineData("24:00:00", null)]
    public void A_duration_is_written_in_full_and_lies_in_its_range(string text, double? seconds)
    {
        Assert.Equal(seconds, Reader(text).Duration("a:b", TimeSpan.Zero, TimeSpan.FromDays(1))?.TotalSeconds);
        Assert.Equal(seconds is null ? 1 : 0, _faults.Count);
    }

    [Theory]
    [InlineData("base64", QueueMessageEncoding.Base64)]
    [InlineData("None", QueueMessageEncoding.None)]
    [InlineData("Base32", null)]
    [InlineData("7", null)]
    [InlineData("1", null)]
    [InlineData("None,Base64", null)]
    public void A_choice_is_one_of_its_names(string text, QueueMessageEncoding? expected)
    {
        Assert.Equal(expected, Reader(text).Choice<QueueMessageEncoding>("a:b"));
        Assert.Equal(expected is null ? [$"host.json: a.b must be one of None, Base64; got '{text}'."] : [], _faults);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("False", false)]
    [InlineData("1", null)]
    [InlineData("yes", null)]
    public void A_flag_is_true_or_false(string text, bool? expected)
    {
        Assert.Equal(expected, Reader(text).Flag("a:b"));
        Assert.Equal(expected is null ? [$"host.json: a.b must be true or false; got '{text}'."] : [], _faults);
    }

    [Fact]
    public void An_empty_or_missing_value_is_no_fault_and_a_section_in_its_place_is()
    {
        Assert.Null(Reader("").Flag("a:b"));
        Assert.Null(Reader("").Whole("a:c", 0));
        Assert.Empty(_faults);

        Assert.Null(Reader("true").Flag("a"));
        Reader("text").Section("a:b");
        Reader("text").Section("a");

        Assert.Equal(
            ["host.json: a must be true or false; got 'an object or a list'.", "host.json: a.b must be an object; got 'text'."],
            _faults
        );
    }

    [Theory]
    [InlineData("plain text", "'plain text'")]
    [InlineData("Host=h;Password=p", "a value that is not shown (17 characters)")]
    [InlineData("user@host", "a value that is not shown (9 characters)")]
    [InlineData("https://host", "a value that is not shown (12 characters)")]
    public void A_value_that_may_hold_a_password_is_not_shown(string value, string shown) =>
        Assert.Equal(shown, SettingsReader.Shown(value));

    private SettingsReader Reader(string value) =>
        new(new ConfigurationBuilder().AddInMemoryCollection([new("a:b", value)]).Build(), "host.json", _faults);
}
