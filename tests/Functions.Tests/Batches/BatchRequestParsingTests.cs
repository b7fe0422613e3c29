using System.Text;
using Quorum.Functions.Batches;
using Quorum.Functions.Http;

namespace Quorum.Functions.Tests.Batches;

public sealed class BatchRequestParsingTests
{
    [Theory]
    [InlineData("""{"symbols":["AAPL","no symbol!",""]}""", null, 3)]
    [InlineData("""{"batchId":null,"symbols":["AAPL"]}""", null, 1)]
    [InlineData("""{"batchId":"nightly-2026.11_20","symbols":["AAPL","AAPL"]}""", "nightly-2026.11_20", 2)]
    public void A_body_has_symbols_as_they_come_and_may_have_an_id(string body, string? id, int symbols)
    {
        Assert.True(BatchRequest.TryParse(Encoding.UTF8.GetBytes(body), new QueryParameters([]), out var request));
        Assert.Equal((id, symbols), (request.BatchId, request.Symbols.Count));
    }

    [Theory]
    [InlineData("""{"symbols":["A"],"batchID":"b"}""", "batchID must be left out: the body has the members batchId and symbols.")]
    [InlineData("""{"symbols":["A"],"batchId":""}""", "batchId " + BatchId.Rule + "; got ''.")]
    [InlineData(
        """{"x":1,"symbols":{}}""",
        "x must be left out: the body has the members batchId and symbols. symbols must be an array of 1 to 1000 symbols; got '{}'."
    )]
    public void Every_fault_of_a_body_is_named(string body, string faults)
    {
        var parameters = new QueryParameters([]);

        Assert.False(BatchRequest.TryParse(Encoding.UTF8.GetBytes(body), parameters, out _));
        Assert.Equal(faults, string.Join(' ', parameters.Faults));
    }

    [Theory]
    [InlineData("b", true)]
    [InlineData("a.b-c_d", true)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", false)]
    [InlineData("-b", false)]
    [InlineData("b.", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void An_id_is_plain_enough_for_an_address(string? id, bool isValid) => Assert.Equal(isValid, BatchId.IsValid(id));

    [Fact]
    public void New_ids_are_valid_and_grow_with_time()
    {
        var now = new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);
        var ids = Enumerable.Range(0, 50).Select(millisecond => BatchId.New(now.AddMilliseconds(millisecond))).ToList();

        Assert.All(ids, id => Assert.True(BatchId.IsValid(id)));
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }
}
