using System.Buffers.Binary;
using System.Text;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>Small sentencepiece models, written byte by byte and worked by hand, whole and damaged.</summary>
public sealed class SentencePieceTests
{
    private const int Unigram = 1, Bpe = 2, Word = 3, Character = 4;

    private static readonly (string Text, float Score, int Type)[] Pieces =
    [
        ("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("▁", -4, 1), ("a", -3, 1), ("b", -3, 1), ("▁a", -2, 1), ("ab", -2.5f, 1), ("▁ab", -6, 5), ("<u>", 0, 4),
    ];

    // Unigram: ▁a·b is −5, ▁·ab −6.5. BPE: ▁a scores best; then ▁ab, which is unused and divided again. Words and characters are looked up.
    [Theory]
    [InlineData(Unigram, "ab", new[] { 6, 5 })]
    [InlineData(Bpe, "ab", new[] { 6, 5 })]
    [InlineData(Bpe, "a  a", new[] { 6, 6 })]
    [InlineData(Bpe, "b<u>ab", new[] { 3, 5, 9, 7 })]
    [InlineData(Word, "a ab x y", new[] { 6, 8, 0 })]
    [InlineData(Character, "ab<u>xx", new[] { 3, 4, 5, 9, 0 })]
    [InlineData(Unigram, "  ", new int[0])]
    public void Encode_EachKindOfModel_GivesTheIdsWorkedByHand(int kind, string text, int[] expected) =>
        Assert.Equal(expected, SentencePieceTokenizer.Parse(Model(kind)).Encode(text, addSpecial: false));

    [Fact]
    public void Decode_UnknownPiece_IsItsSurface()
    {
        var tokenizer = SentencePieceTokenizer.Parse(Model(Unigram));
        Assert.Equal("a \u2047 b", tokenizer.Decode([6, 0, 5], skipSpecial: false));
        Assert.Equal((1, 2, 0), (tokenizer.BeginId, tokenizer.EndId, tokenizer.UnknownId));
        Assert.Equal([1], tokenizer.Encode("<s>", addSpecial: false));
        Assert.DoesNotContain(1, tokenizer.Encode("<s>", addSpecial: false, parseSpecial: false));
    }

    [Fact]
    public void Parse_EveryTruncationAndManyMutations_LoadsOrSaysWhatIsWrong()
    {
        var whole = Model(Bpe);
        var random = new SeededRandom(9);
        var inputs = Enumerable.Range(0, whole.Length).Select(n => whole[..n]).Concat(Enumerable.Range(0, 3000).Select(_ =>
        {
            var bytes = whole.ToArray();
            for (var i = random.Next(3); i >= 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            return bytes;
        }));
        foreach (var bytes in inputs)
        {
            try
            {
                var tokenizer = SentencePieceTokenizer.Parse(bytes);
                tokenizer.Decode(tokenizer.Encode("ab <u>x é", addSpecial: true), skipSpecial: false);
            }
            catch (AttuneException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    private static byte[] Model(int kind)
    {
        var pieces = Pieces.SelectMany(p =>
        {
            var score = new byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(score, p.Score);
            return Field(1, [.. Field(1, Encoding.UTF8.GetBytes(p.Text)), 0x15, .. score, 0x18, (byte)p.Type]);
        });
        return [.. pieces, .. Field(2, [0x18, (byte)kind])];
    }

    // A field of bytes: its number and kind 2, the length, the content; all lengths here are below 128.
    private static byte[] Field(int number, byte[] content) => [(byte)(number << 3 | 2), (byte)content.Length, .. content];
}
