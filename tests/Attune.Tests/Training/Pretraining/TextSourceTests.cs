using System.Text;
using Attune.Models.Tokenizers;
using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class TextSourceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-text-").FullName;

    [Theory]
    [InlineData(TextBorders.File, 1)]
    [InlineData(TextBorders.BlankLine, 3)]
    [InlineData(TextBorders.Heading, 2)]
    [InlineData(TextBorders.Line, 6)]
    public void Cut_ByItsBorders_GivesTheDocuments(TextBorders borders, int documents)
    {
        const string text = "one\ntwo\n\n = Title = \nthree\n = = Part = = \n\n\nfour\n";
        // A heading of the second level begins no article; lines that are blank are no documents.
        Assert.Equal(documents, TextCutter.Cut(text, borders).Count());
    }

    [Fact]
    public void Read_ARound_GivesEveryTokenButTheFirstOnce()
    {
        var source = Source(string.Join('\n', Enumerable.Range(0, 200).Select(i => $"line {i}")), TextBorders.File, heldOut: 0);
        var encoder = new DocumentEncoder(Bytes(), 0, 16);
        source.Prepare(encoder, default);
        var all = encoder.Encode(string.Join('\n', Enumerable.Range(0, 200).Select(i => $"line {i}")));
        var windows = Enumerable.Range(0, 1000).Select(i => source.Read(i).Ids).ToList();
        // The windows of a document are as many as its tokens fill and one more.
        var count = (all.Length - 2) / 16 + 2;
        foreach (var round in new[] { 0, 1 })
        {
            var predicted = windows.Skip(round * count).Take(count).Where(w => w.Length > 1).Sum(w => w.Length - 1);
            Assert.Equal(all.Length - 1, predicted);
        }
        Assert.NotEqual(windows.Take(count), windows.Skip(count).Take(count));
    }

    [Fact]
    public void HeldOut_OfManyDocuments_SharesNoneWithTraining()
    {
        var source = Source(string.Join("\n\n", Enumerable.Range(0, 300).Select(i => $"document number {i}")), TextBorders.BlankLine, heldOut: 0.2);
        source.Prepare(new DocumentEncoder(Bytes(), 0, 64), default);
        var training = Enumerable.Range(0, 300).Select(i => string.Join(' ', source.Read(i).Ids)).ToHashSet();
        var set = Assert.Single(source.HeldOut);
        var heldOut = Enumerable.Range(0, 300).Select(set.Read).OfType<Document>().Select(d => string.Join(' ', d.Ids)).ToList();
        // 60 of 300 by a hash: within four deviations of √(300·0.2·0.8) = 6.9.
        Assert.InRange(heldOut.Count, 32, 88);
        Assert.DoesNotContain(heldOut, training.Contains);
        Assert.Equal(300, heldOut.Count + training.Count);
    }

    [Fact]
    public void HeldOut_OfOneLongDocument_IsItsEnd()
    {
        var source = Source(string.Join('\n', Enumerable.Range(0, 100).Select(i => FormattableString.Invariant($"line {i:000}"))), TextBorders.File, heldOut: 0.1);
        var tokenizer = Bytes();
        source.Prepare(new DocumentEncoder(tokenizer, null, 2000), default);
        // 899 characters: nine tenths end within line 089, and what is held out begins with a line.
        Assert.EndsWith("line 088\n", tokenizer.Decode(source.Read(0).Ids, skipSpecial: false), StringComparison.Ordinal);
        Assert.StartsWith("line 089", tokenizer.Decode(source.HeldOut[0].Read(0)!.Ids, skipSpecial: false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0x62, 0xFF, 0x63 }, "at byte 2 (0xFF)")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x61, 0xC3, 0x28 }, "at byte 4 (0xC3)")]
    [InlineData(new byte[] { 0x61, 0xE2, 0x82 }, "at byte 1 (0xE2)")]
    public void Read_NotUtf8_NamesFileAndByte(byte[] bytes, string expected)
    {
        var path = Path.Combine(folder, "wrong.txt");
        File.WriteAllBytes(path, bytes);
        var error = Assert.Throws<AttuneException>(() => new TextSource("text", [path], TextBorders.File, 0, new SeededRandom(1)));
        Assert.Contains("wrong.txt' is not UTF-8 " + expected, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private TextSource Source(string text, TextBorders borders, double heldOut)
    {
        var path = Path.Combine(folder, "text.txt");
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return new TextSource("text", [path], borders, heldOut, new SeededRandom(1));
    }

    private static ITokenizer Bytes() => BytePairTrainer.Train([""], new BytePairTrainingOptions { VocabularySize = 257, SpecialTokens = [TokenizerPlan.EndOfText] }).Load();
}
