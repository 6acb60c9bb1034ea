using System.Buffers.Binary;
using System.Text;
using Attune.Models.Files;

namespace Attune.Tests.Fuzzing;

/// <summary>Small valid files of many formats, so that the fuzzer runs on a machine without goldens.</summary>
internal static class FuzzSeeds
{
    public static byte[][] TokenizerJsons { get; } = [.. new[]
    {
        """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[{"id":7,"content":"<s>","single_word":false,"lstrip":true,"rstrip":false,"normalized":false,"special":true}],
        "normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Lowercase"},{"type":"Replace","pattern":{"Regex":" +"},"content":" "}]},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\p{L}+|\\s+(?!\\S)|[^x]"},"behavior":"Isolated","invert":false},{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]},
        "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[7],"tokens":["<s>"]}}},
        "decoder":{"type":"Sequence","decoders":[{"type":"ByteLevel"},{"type":"Strip","content":" ","start":1,"stop":0}]},
        "model":{"type":"BPE","dropout":null,"unk_token":"<u>","continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":true,"byte_fallback":true,"ignore_merges":false,
        "vocab":{"<u>":0,"a":1,"b":2,"ab":3,"c":4,"\u0120":5,"<0x41>":6},"merges":[["a","b"],"a c"]}}
        """.Replace(",\"a c\"", "", StringComparison.Ordinal),
        """
        {"added_tokens":[],"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},
        "post_processor":{"type":"BertProcessing","sep":["[SEP]",1],"cls":["[CLS]",2]},"decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
        "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{"[UNK]":0,"[SEP]":1,"[CLS]":2,"a":3,"##a":4,"the":5}}}
        """,
        """
        {"added_tokens":[],"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"\u2581"},{"type":"Replace","pattern":{"String":" "},"content":"\u2581"}]},
        "pre_tokenizer":{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":true},"post_processor":null,"decoder":{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":true},
        "model":{"type":"Unigram","unk_id":0,"byte_fallback":false,"vocab":[["<unk>",0.0],["\u2581",-1.5],["a",-2.25],["\u2581a",-3.0],["b",-4.0]]}}
        """,
        """{"added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"Whitespace"},"post_processor":null,"decoder":null,"model":{"type":"WordLevel","vocab":{"a":0,"b":1,"[UNK]":2},"unk_token":"[UNK]"}}""",
    }.Select(Encoding.UTF8.GetBytes)];

    public static byte[][] ChatTemplates { get; } = [.. new[]
    {
        "{%- for message in messages %}{{ '<|' + message['role'] + '|>' }}\n{{ message.content | trim }}{% if not loop.last %}, {% endif %}{%- endfor %}{% if add_generation_prompt %}<|a|>{% endif %}",
        """
        {%- macro show(x, y=2) -%}{{ x ~ y }}{%- endmacro -%}{%- set ns = namespace(n=0, found=false) -%}
        {%- for m in messages if m.role in ['user', "system"] -%}{%- set ns.n = ns.n + loop.index0 * 2 // 1 -%}{{ show(m['content'][1:-1][::-1], y=ns.n) }}{%- else -%}none{%- endfor -%}
        {{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | join(', ') | upper | replace('A', 'b') }}
        {{ {'a': [1, 2.5, none, true]} | tojson(indent=2) }}{{ '%s-%d' | format('x', 3) }}{{ "abc".split('b') | first }}{{ range(3) | list | length if 1 < 2 <= 3 else raise_exception('no') }}
        """,
    }.Select(Encoding.UTF8.GetBytes)];

    /// <summary>ModelProto of sentencepiece with eight pieces.</summary>
    public static byte[] SentencePiece(int kind)
    {
        var model = new List<byte>();
        foreach (var (text, score, type) in new[] { ("<unk>", 0f, 2), ("<s>", 0f, 3), ("</s>", 0f, 3), ("<x>", 0f, 4), ("\u2581", -1f, 1), ("a", -2f, 1), ("b", -3f, 1), ("ab", -1.5f, 1) })
        {
            var number = new byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(number, score);
            model.AddRange(Field(1, [.. Field(1, Encoding.UTF8.GetBytes(text)), 0x15, .. number, 0x18, (byte)type]));
        }
        // TrainerSpec: model_type, byte_fallback. NormalizerSpec: name, add_dummy_prefix, remove_extra_whitespaces, escape_whitespaces.
        model.AddRange(Field(2, [0x18, (byte)kind, 0x98, 0x02, 0]));
        model.AddRange(Field(3, [.. Field(1, "identity"u8.ToArray()), 0x18, 1, 0x20, 0, 0x28, 1]));
        return [.. model];
    }

    /// <summary>A GGUF file that holds a tokenizer alone.</summary>
    public static void WriteVocabulary(string path, string kind, string? pre)
    {
        var metadata = new Dictionary<string, GgufValue>
        {
            ["general.architecture"] = GgufValue.Of("llama"),
            ["tokenizer.ggml.model"] = GgufValue.Of(kind),
            ["tokenizer.ggml.tokens"] = GgufValue.Of(GgufArray.Of(new[] { "<unk>", "<s>", "a", "b", "ab", "\u2581", "<0x41>", "\u0120" })),
            ["tokenizer.ggml.scores"] = GgufValue.Of(GgufArray.Of(new[] { 0f, 0, -1, -2, -3, -4, 0, -5 })),
            ["tokenizer.ggml.token_type"] = GgufValue.Of(GgufArray.Of(new[] { 2, 3, 1, 1, 1, 1, 6, 1 })),
            ["tokenizer.ggml.merges"] = GgufValue.Of(GgufArray.Of(new[] { "a b" })),
            ["tokenizer.ggml.bos_token_id"] = GgufValue.Of(1u),
            ["tokenizer.ggml.add_bos_token"] = GgufValue.Of(true),
        };
        if (pre is not null)
            metadata["tokenizer.ggml.pre"] = GgufValue.Of(pre);
        GgufWriter.Write(path, metadata, []);
    }

    /// <summary>Writes with a writer and gives the bytes.</summary>
    public static byte[] Bytes(Action<string> write)
    {
        var path = Path.GetTempFileName();
        write(path);
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }

    private static byte[] Field(int number, byte[] content) => [(byte)((number << 3) | 2), (byte)content.Length, .. content];
}
