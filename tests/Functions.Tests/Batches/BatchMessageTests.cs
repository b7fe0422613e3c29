using System.Text;
using Quorum.Functions.Batches;

namespace Quorum.Functions.Tests.Batches;

public sealed class BatchMessageTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        Assert.True(BatchMessage.TryRead(BatchMessage.Write("mine-1"), out var message, out _));

        Assert.Equal("mine-1", message.BatchId);
        Assert.Null(message.Symbols);
    }

    [Fact]
    public void A_message_is_written_in_its_documented_form() =>
        Assert.Equal(
            """{"version":1,"batchId":"mine-1"}""",
            Encoding.UTF8.GetString(Convert.FromBase64String(BatchMessage.Write("mine-1")))
        );

    [Fact]
    public void A_message_may_bring_its_symbols_and_members_of_its_sender()
    {
        Assert.True(
            BatchMessage.TryRead(
                Encode("""{"version": 1, "batchId": "b", "symbols": ["AAPL", "?"], "sender": {"name": "x"}}"""),
                out var message,
                out _
            )
        );

        Assert.Equal(["AAPL", "?"], message.Symbols!);
    }

    [Theory]
    [InlineData("", "It is empty.")]
    [InlineData("{}", "It is not Base64.")]
    [InlineData("""{"version": 1, "batchId": "plain", "symbols": ["AAPL"]}""", "It is not Base64.")]
    [InlineData("/////w==", "It is Base64 of something that is not UTF-8.")]
    public void What_is_not_encoded_as_agreed_says_so(string text, string fault) => Assert.Equal(fault, FaultOf(text));

    [Theory]
    [InlineData("nothing", "It is not JSON, or not of this form: line 1, byte 2.")]
    [InlineData("[]", "It is not a JSON object.")]
    [InlineData("{}", "It has no version: a whole number.")]
    [InlineData("""{"version": "1"}""", "It has no version: a whole number.")]
    [InlineData("""{"version": 1.5}""", "It has no version: a whole number.")]
    [InlineData("""{"version": 2, "batchId": "b", "symbols": ["AAPL"]}""", "Its version 2 is not known; version 1 is.")]
    [InlineData(
        """{"version": 1, "symbols": ["AAPL"]}""",
        "batchId must have 1 to 64 characters: letters and digits, and between them also '-', '_' and '.'."
    )]
    [InlineData(
        """{"version": 1, "batchId": "a b", "symbols": ["AAPL"]}""",
        "batchId must have 1 to 64 characters: letters and digits, and between them also '-', '_' and '.'."
    )]
    [InlineData(
        """{"version": 1, "batchId": "\ud800"}""",
        "batchId must have 1 to 64 characters: letters and digits, and between them also '-', '_' and '.'."
    )]
    [InlineData("""{"version": 1, "batchId": "b", "symbols": ["\udc00"]}""", "symbols[0] must be Unicode text.")]
    [InlineData("""{"version": 1, "batchId": "b", "\ud800": 1}""", "It has a name that is not Unicode text.")]
    [InlineData("""{"version": 1, "batchId": "b", "symbols": []}""", "symbols must be an array of 1 to 1000 symbols, not of 0.")]
    [InlineData("""{"version": 1, "batchId": "b", "symbols": "AAPL"}""", "symbols must be an array of 1 to 1000 symbols.")]
    [InlineData("""{"version": 1, "batchId": "b", "symbols": [1]}""", "symbols[0] must be a JSON string.")]
    [InlineData("""{"version": 1, "version": 1, "batchId": "b"}""", null)]
    [InlineData("""{"version": 1, "batchId": "b", "symbols": [[[[["deep"]]]]]}""", null)]
    public void What_is_not_of_the_form_says_which_rule_it_breaks(string json, string? fault)
    {
        var found = FaultOf(Encode(json));

        Assert.NotNull(found);
        if (fault is not null)
        {
            Assert.Equal(fault, found);
        }
    }

    [Fact]
    public void A_message_with_too_many_symbols_is_none() =>
        Assert.Equal(
            "symbols must be an array of 1 to 1000 symbols, not of 1001.",
            FaultOf(Encode($$"""{"version": 1, "batchId": "b", "symbols": [{{string.Join(',', Enumerable.Repeat("\"A\"", 1001))}}]}"""))
        );

    private static string? FaultOf(string text) => BatchMessage.TryRead(text, out _, out var fault) ? null : fault;

    private static string Encode(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json));
}
