using System.Text;
using System.Text.Json;
using Azure.Storage.Queues;
using Quorum.StandaloneHost.Hosting.Functions;

namespace Quorum.StandaloneHost.Tests.Worker.Queues;

/// <summary>The messages that the value of a queue output becomes. A JSON array is several messages, as in the Functions host.</summary>
public sealed class QueueOutputTests
{
    public static TheoryData<object, string[]> Values =>
        new()
        {
            { "text", ["text"] },
            { "", [""] },
            { """{"id":1}""", ["""{"id":1}"""] },
            { """[{"id":1}, "two", null, 3, [4]]""", ["""{"id":1}""", "two", "3", "[4]"] },
            { " [1,2] ", ["1", "2"] },
            { "[]", [] },
            { "[no JSON]", ["[no JSON]"] },
            { new[] { "a", "b" }, ["a", "b"] },
            { new { Id = 1, Name = "pen" }, ["""{"Id":1,"Name":"pen"}"""] },
            { new object?[] { new { Id = 1 }, null, "two" }, ["""{"Id":1}""", "two"] },
            { "[1,2]"u8.ToArray(), ["[1,2]"] },
            { BinaryData.FromString("[1,2]"), ["[1,2]"] },
            {
                new List<byte[]> { "a"u8.ToArray(), "[1,2]"u8.ToArray() },
                ["a", "[1,2]"]
            },
            { new[] { BinaryData.FromString("a"), BinaryData.FromString("b") }, ["a", "b"] },
        };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_becomes_its_messages_in_either_encoding(object value, string[] expected)
    {
        Assert.Equal(expected, MessagesOf(value, QueueMessageEncoding.None));
        Assert.Equal(
            expected,
            MessagesOf(value, QueueMessageEncoding.Base64).Select(text => Encoding.UTF8.GetString(Convert.FromBase64String(text)))
        );
    }

    [Fact]
    public void Bytes_that_are_no_text_need_Base64()
    {
        byte[] bytes = [0xFF, 0x00, 0xC3];

        Assert.Equal(["/wDD"], MessagesOf(bytes, QueueMessageEncoding.Base64));
        Assert.Throws<DecoderFallbackException>(() => MessagesOf(bytes, QueueMessageEncoding.None));
    }

    private static List<string> MessagesOf(object value, QueueMessageEncoding encoding) =>
        [.. FunctionOutputs.MessagesOf(value, JsonSerializerOptions.Default, encoding)];
}
