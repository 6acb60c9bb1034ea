using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Attune.Models.Tokenizers;

/// <summary>Writes tokenizer.json.</summary>
internal static class TokenizerJsonWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(
        IEnumerable<(int Id, string Content)> special, Action<Utf8JsonWriter>? normalizer, Action<Utf8JsonWriter>? preTokenizer, Action<Utf8JsonWriter> decoder, Action<Utf8JsonWriter> model)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            json.WriteStartArray("added_tokens");
            foreach (var (id, content) in special)
                Added(json, id, content);
            json.WriteEndArray();
            Component(json, "normalizer", normalizer);
            Component(json, "pre_tokenizer", preTokenizer);
            json.WriteNull("post_processor");
            Component(json, "decoder", decoder);
            Component(json, "model", model);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static void Texts(Utf8JsonWriter json, string first, string second)
    {
        json.WriteStartArray();
        json.WriteStringValue(first);
        json.WriteStringValue(second);
        json.WriteEndArray();
    }

    public static Action<Utf8JsonWriter> ByteLevel(bool useRegex) => json =>
    {
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", useRegex);
    };

    public static Action<Utf8JsonWriter> Split(string pattern) => json =>
    {
        json.WriteString("type", "Split");
        Pattern(json, "Regex", pattern);
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
    };

    public static Action<Utf8JsonWriter> Replace(string from, string to) => json =>
    {
        json.WriteString("type", "Replace");
        Pattern(json, "String", from);
        json.WriteString("content", to);
    };

    public static Action<Utf8JsonWriter> Named(string type) => json => json.WriteString("type", type);

    public static Action<Utf8JsonWriter> Metaspace() => json =>
    {
        json.WriteString("type", "Metaspace");
        json.WriteString("replacement", "▁");
        json.WriteString("prepend_scheme", "never");
        json.WriteBoolean("split", true);
    };

    public static Action<Utf8JsonWriter> Sequence(string name, params Action<Utf8JsonWriter>[] parts) => json =>
    {
        json.WriteString("type", "Sequence");
        json.WriteStartArray(name);
        foreach (var part in parts)
        {
            json.WriteStartObject();
            part(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    };

    private static void Pattern(Utf8JsonWriter json, string kind, string text)
    {
        json.WriteStartObject("pattern");
        json.WriteString(kind, text);
        json.WriteEndObject();
    }

    private static void Component(Utf8JsonWriter json, string name, Action<Utf8JsonWriter>? write)
    {
        if (write is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        write(json);
        json.WriteEndObject();
    }

    private static void Added(Utf8JsonWriter json, int id, string content)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("content", content);
        foreach (var flag in new[] { "single_word", "lstrip", "rstrip", "normalized" })
            json.WriteBoolean(flag, false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
    }
}
