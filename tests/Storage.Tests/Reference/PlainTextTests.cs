namespace Quorum.Storage.Tests.Reference;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("Nestlé S.A.", "nestle s.a.")]
    [InlineData("L'Oréal", "l'oreal")]
    [InlineData("L’Oréal", "l'oreal")]
    [InlineData("Münchener Rück", "munchener ruck")]
    [InlineData("Straße", "strasse")]
    [InlineData("ÆRØ", "aero")]
    [InlineData("Škoda Auto", "skoda auto")]
    [InlineData("ŁÓDŹ", "lodz")]
    [InlineData("Türkiye İş Bankası", "turkiye is bankasi")]
    [InlineData("Țiriac și Fiii", "tiriac si fiii")]
    [InlineData("AT&T Inc.", "at&t inc.")]
    [InlineData("トヨタ", "トヨタ")]
    [InlineData("", "")]
    public void Latin_letters_lose_their_case_and_their_accents(string text, string plain) => Assert.Equal(plain, PlainText.Of(text));

    [Fact]
    public void A_text_and_its_plain_form_are_compared_alike() =>
        Assert.All(
            ReferenceFile.BuiltIn.Instruments,
            instrument => Assert.Equal(PlainText.Of(instrument.Name), PlainText.Of(PlainText.Of(instrument.Name)))
        );
}
