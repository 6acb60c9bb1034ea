using Attune.Models.Tokenizers;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>Every tokenizer.model under the fixture folders against what the sentencepiece library gives with it alone.</summary>
[Trait("Category", "Goldens")]
public sealed class SentencePieceGoldenTests
{
    public static IEnumerable<object[]> Folders() => TokenizerGoldens.Folders("cases_spm.jsonl", "tokenizer.model");

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Encode_Text_GivesTheIdsAndPiecesOfSentencepiece(string folder)
    {
        var tokenizer = Load(folder);
        TokenizerGoldens.AllEqual(Cases(folder).Select(c => (c.Text("text"), c.Ids("ids"), tokenizer.Encode(c.Text("text"), addSpecial: false, parseSpecial: false))));
        // A piece that is unknown is named by its text, all others by themselves.
        TokenizerGoldens.AllEqual(Cases(folder).SelectMany(c => c.Ids("ids").Zip(c.GetProperty("pieces").EnumerateArray()))
            .Where(p => p.First != tokenizer.UnknownId).Select(p => (p.Second.GetString()!, (int?)p.First, tokenizer.IdOf(p.Second.GetString()!))));
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Normalize_Text_GivesThatOfSentencepiece(string folder)
    {
        Skip.If(folder.Length == 0, "there are no sentencepiece fixtures");
        var model = SentencePieceModel.Parse(File.ReadAllBytes(Path.Combine(folder, "tokenizer.model")), folder);
        var normalizer = SentencePieceTokenizer.NormalizerOf(model);
        TokenizerGoldens.AllEqual(Cases(folder).Select(c => (c.Text("text"), c.Text("normalized"), normalizer.Apply(AlignedText.Of(c.Text("text")).All).All.ToText())));
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Decode_Ids_GivesTheTextOfSentencepieceWholeAndStreamed(string folder)
    {
        var tokenizer = Load(folder);
        TokenizerGoldens.AllEqual(Cases(folder).Select(c => (c.Text("text"), c.Text("decoded"), tokenizer.Decode(c.Ids("ids"), skipSpecial: false))));
        TokenizerGoldens.AllEqual(Cases(folder).Select(c =>
        {
            var decoder = tokenizer.CreateDecoder(skipSpecial: false);
            var parts = c.Ids("ids").Select(decoder.Append).ToList();
            return (c.Text("text"), c.Text("decoded"), string.Concat(parts) + decoder.Finish());
        }));
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void EncodeWithOffsets_Text_CoversItInOrder(string folder)
    {
        var tokenizer = Load(folder);
        foreach (var c in Cases(folder))
        {
            var text = c.Text("text");
            var encoded = tokenizer.EncodeWithOffsets(text, addSpecial: false, parseSpecial: false);
            Assert.Equal(encoded.Ids.Length, encoded.Offsets.Length);
            Assert.All(encoded.Offsets, o => Assert.True(0 <= o.Start && o.Start <= o.End && o.End <= text.Length, text));
            Assert.All(encoded.Offsets.Zip(encoded.Offsets.Skip(1)), o => Assert.True(o.First.Start <= o.Second.Start, text));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Encode_RandomText_GivesTheIdsOfTheSteps(string folder)
    {
        var tokenizer = Load(folder);
        foreach (var text in WordCutterTests.Texts(1000))
            Assert.Equal(tokenizer.EncodeWithOffsets(text, addSpecial: false).Ids, tokenizer.Encode(text, addSpecial: false));
    }

    private static ITokenizer Load(string folder)
    {
        Skip.If(folder.Length == 0, "there are no sentencepiece fixtures");
        return SentencePieceTokenizer.Parse(File.ReadAllBytes(Path.Combine(folder, "tokenizer.model")));
    }

    private static IEnumerable<System.Text.Json.JsonElement> Cases(string folder) => TokenizerGoldens.Lines(Path.Combine(folder, "cases_spm.jsonl"));
}
