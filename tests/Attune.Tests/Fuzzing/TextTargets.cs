using System.Text;
using System.Text.Json;
using Attune.Cli.Settings;
using Attune.Data;
using Attune.Models.ChatTemplates;
using Attune.Models.Hub;

namespace Attune.Tests.Fuzzing;

/// <summary>Data files, templates and settings.</summary>
internal static class TextTargets
{
    private const string Task = """{"kind":"classification","name":"t","instruction":"Say.","labels":["a","b"],"fields":["text"],"label":"label","template":{"input":"{text}\nlabel:","words":{"a":" a","b":" b"},"label_score":"pmi","pmi_text":"x"}}""";

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Table("jsonl", 8, "{\"text\":\"one\",\"label\":\"a\"}\n{\"text\":\"two \\u00e9\",\"label\":\"b\"}\n{\"text\":\"three\",\"label\":\"a\"}\n"),
        Table("csv", 6, "text,label\n\"one, \"\"1\"\"\",a\ntwo,b\n\"li\nne\",a\n"),
        Table("tsv", 4, "text\tlabel\none\ta\ntwo \"x\tb\n"),
        Table("json", 4, """[{"text":"one","label":"a"},{"text":"two","label":"b"}]"""),
        new("csv-alone", "x.csv", 3, true, () => [Utf8("text,label\na,b\nc,d\n")], [], f => DataReader.Read(Path.Combine(f, "x.csv"))),
        new("jsonl-alone", "x.jsonl", 3, true, () => [Utf8("{\"text\":\"one\",\"label\":\"a\",\"n\":3}\n{\"text\":\"two\",\"label\":\"b\",\"n\":null}\n")], [], f => DataReader.Read(Path.Combine(f, "x.jsonl"))),
        new("task", "task.json", 4, true, () => [Utf8(Task)], [], f => DataReader.Read(f))
        {
            Prepare = f => File.WriteAllText(Path.Combine(f, "train.jsonl"), "{\"text\":\"one\",\"label\":\"a\"}\n{\"text\":\"two\",\"label\":\"b\"}\n"),
        },
        new("prompt-template", "x.yaml", 4, true, () => [Utf8("input: \"{text}\\nlabel:\"\ninstruction: Say it.\nwords:\n  a: \" x\"\n  b: \" y\"\ndemonstration_separator: \"\\n\\n\"\nlabel_score: mean-per-token\n")], [], ReadTemplate),
        new("run-file", "run.yaml", 4, true, () => [Utf8("data: x.csv\nmodel: m.gguf\nshots: [0, 4]\nmethods:\n  - icl-random\n  - name: icl-knn\n    as: k\n    options: {demonstrations: 4}\ntemplate:\n  input: \"{text}\"\nverbalizer: {a: x}\n")], [], ReadRunFile),
        new("chat-template", "x.jinja", 8, true, () => FuzzSeeds.ChatTemplates, [], f =>
            ChatTemplate.Parse(File.ReadAllText(Path.Combine(f, "x.jinja"))).Render([new ChatMessage("system", "s"), new ChatMessage("user", "hello a"), new ChatMessage("assistant", "x")], addGenerationPrompt: true)),
        new("hub-listing", "x.json", 1, true, () => [Utf8("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":[{"rfilename":"config.json","size":3,"blobId":"x"},{"rfilename":"a/b.safetensors","size":9,"lfs":{"sha256":"00","size":9}}]}""")], [], f =>
            HubListing.Parse(File.ReadAllBytes(Path.Combine(f, "x.json")), "x.json")),
    ];

    private static FuzzTarget Table(string ending, int weight, string content) =>
        new(ending, "train." + ending, weight, true, () => [Utf8(content)], [], f => DataReader.Read(f))
        {
            Prepare = f => File.WriteAllText(Path.Combine(f, "task.json"), Task),
        };

    private static void ReadTemplate(string folder)
    {
        var json = YamlText.ReadObject(Path.Combine(folder, "x.yaml"), "template");
        PromptTemplate.FromJson(JsonSerializer.SerializeToElement(json), TaskSpec.FromJson(JsonDocument.Parse(Task).RootElement, "t"));
    }

    private static void ReadRunFile(string folder)
    {
        var file = RunFile.Read(Path.Combine(folder, "run.yaml"), ["data", "model", "shots"]);
        file.Find("data");
        file.Find("shots");
        file.Methods();
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
