using System.Text.Json;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>Reads the post_processor of a tokenizer.json.</summary>
internal static class PostProcessorJson
{
    private const string Known = "BertProcessing, ByteLevel, RobertaProcessing, Sequence, TemplateProcessing";

    public static PostProcessor Read(JsonElement? element) => Read(element, PostProcessor.None);

    private static PostProcessor Read(JsonElement? element, PostProcessor before)
    {
        if (element is not { } e)
            return before;
        var type = e.RequiredText("type");
        return type switch
        {
            "Sequence" => e.Required("processors").Items("processors").Aggregate(before, (all, p) => Read(p, all)),
            "ByteLevel" => WithOffsets(before, e),
            "TemplateProcessing" => Template(before, e),
            "BertProcessing" => Around(before, e, [1, 1], doubled: false),
            "RobertaProcessing" => WithOffsets(Around(before, e, [0, 0], doubled: true), e),
            _ => throw JsonFields.Unknown("post_processor", type, Known),
        };
    }

    private static PostProcessor WithOffsets(PostProcessor before, JsonElement e) => before with
    {
        TrimOffsets = e.Flag("trim_offsets") ?? true,
        AddsPrefixSpace = e.Flag("add_prefix_space") ?? true,
    };

    // [CLS] A [SEP] and [CLS] A [SEP] B [SEP], or with two separators between A and B.
    private static PostProcessor Around(PostProcessor before, JsonElement e, int[] secondTypes, bool doubled)
    {
        var first = new TemplateItem(TokenId(e, "cls"), false, 0);
        var last = new TemplateItem(TokenId(e, "sep"), false, 0);
        List<TemplateItem> single = [first, new(null, false, 0), last];
        var second = new TemplateItem[] { new(null, true, secondTypes[0]), last with { TypeId = secondTypes[1] } };
        return before with { Single = single, Pair = [.. single, .. doubled ? new[] { last } : [], .. second] };
    }

    private static int TokenId(JsonElement e, string name)
    {
        var items = e.Required(name).Items(name).ToList();
        return items.Count == 2 ? items[1].Id(name) : throw JsonFields.Wrong(name, e.Required(name), "a token with its id");
    }

    private static PostProcessor Template(PostProcessor before, JsonElement e)
    {
        var ids = new Dictionary<string, int[]>(StringComparer.Ordinal);
        if (e.Field("special_tokens") is { } tokens)
            foreach (var (name, token) in tokens.Properties("special_tokens"))
                ids[name] = [.. token.Required("ids").Items("ids").Select(i => i.Id("ids"))];
        return before with { Single = Items(e, "single", ids), Pair = Items(e, "pair", ids) };
    }

    private static List<TemplateItem> Items(JsonElement e, string name, Dictionary<string, int[]> ids)
    {
        var result = new List<TemplateItem>();
        foreach (var item in e.Required(name).Items(name))
        {
            if (item.Field("Sequence") is { } sequence)
                result.Add(new TemplateItem(null, sequence.RequiredText("id") == "B", sequence.Integer("type_id") ?? 0));
            else if (item.Field("SpecialToken") is { } special)
                result.AddRange(IdsOf(special.RequiredText("id"), ids).Select(id => new TemplateItem(id, false, special.Integer("type_id") ?? 0)));
            else
                throw JsonFields.Wrong(name, item, "a Sequence or a SpecialToken");
        }
        return result;
    }

    private static int[] IdsOf(string token, Dictionary<string, int[]> ids) => ids.TryGetValue(token, out var found) ? found : throw new AttuneException(
        $"The post_processor of the tokenizer's file uses the special token '{token}' without giving its ids; mend the file.");
}
