using System.Text;
using Quorum.DevHost.Batches;
using Quorum.LocalServices;
using Quorum.Testing;

namespace Quorum.DevHost.Tests.Batches;

public sealed class TextTableTests
{
    [Theory]
    [InlineData("Symbol,Note\nAAPL,ok\nMSFT,\"oops\nKO,c\nPEP,d\n", "line 3, column 2")]
    [InlineData("Symbol,Note\r\nAAPL,ok\r\nMSFT,\"oops\r\nKO,c\r\n", "line 3, column 2")]
    [InlineData("Symbol,Note\nAAPL,ok\nMSFT,\"oops\nKO,\"c\"\nPEP,d\n", "line 3, column 2")] // a later cell would close it
    [InlineData("sep=;\nSymbol;Note\nMSFT;\"oops\nKO;c\n", "line 3, column 2")]
    [InlineData("Note,Symbol\n\"two\nlines\",AAPL\n\n\"oops,MSFT\nok,KO\n", "line 5, column 1")]
    [InlineData("Symbol\n\"AAPL\nMSFT\n", "line 2, column 1")]
    [InlineData("\"Symbol,Qty\nAAPL,1\n", "line 1, column 1")]
    [InlineData("Symbol,Note\nAAPL,=\"oops\nMSFT,x\n", "line 2, column 2")]
    public void Quotation_mark_that_is_not_closed_is_refused_with_its_line(string text, string where)
    {
        var error = Assert.Throws<LocalServiceException>(() => TextTable.Parse(text));

        Assert.Contains(where, error.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was sent", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AAPL,5\" pipe\nMSFT,x\n", "5\" pipe")]
    [InlineData("AAPL,\"Bob\" Smith\nMSFT,x\n", "\"Bob\" Smith")]
    [InlineData("AAPL,\"said \"\"buy\"\"\"\nMSFT,x\n", "said \"buy\"")]
    [InlineData("AAPL,\"two\r\nlines, one cell\"\nMSFT,x\n", "two\r\nlines, one cell")]
    [InlineData("AAPL, \"spaces\" \nMSFT,x\n", "spaces")]
    [InlineData("AAPL,\"\"\nMSFT,x\n", "")]
    [InlineData("AAPL,=\"0700\"\nMSFT,x\n", "0700")]
    [InlineData("AAPL,\"last\"", "last")]
    public void Quotation_marks_in_pairs_belong_to_their_cell(string text, string cell) =>
        Assert.Equal(["AAPL", cell], TextTable.Parse(text).Rows[0]);

    [Theory]
    [InlineData("AAPL;1,5\nMSFT;2,5\n", ';')]
    [InlineData("AAPL;1,5;10,25\nMSFT;2,5;3,75\n", ';')]
    [InlineData("AAPL,\"a;b\"\nMSFT,\"c;d\"\n", ',')]
    [InlineData("AAPL,5\" pipe\nMSFT,\"a;b;c\"\nKO,\"d;e;f\"\n", ',')]
    [InlineData("AAPL\t1,5\nMSFT\t2,5\n", '\t')]
    public void Delimiter_is_not_the_comma_of_numbers_nor_a_mark_inside_quotes(string text, char delimiter) =>
        Assert.Equal(delimiter, TextTable.Parse(text).Form.Delimiter);

    [Fact]
    public async Task Eight_bit_file_is_read_as_windows_1252()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "depot.csv");
        await File.WriteAllBytesAsync(path, [.. Encoding.Latin1.GetBytes("Stück;Symbol;Kurs\n5;AAPL;10 "), 0x80, (byte)'\n']);

        var table = await TextTable.ReadAsync(path, CancellationToken.None);

        Assert.Equal(["5", "AAPL", "10 €"], table.Rows[1]);
        Assert.Equal("Stück", table.Rows[0][0]);
    }

    [Fact]
    public async Task Folder_is_refused_by_that_name()
    {
        var error = await Assert.ThrowsAsync<LocalServiceException>(() => TextTable.ReadAsync(Path.GetTempPath(), CancellationToken.None));

        Assert.Contains("is a folder", error.Message, StringComparison.Ordinal);
    }
}
