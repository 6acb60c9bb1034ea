using Attune.Data.Generators;
using Attune.Tensors;
using Attune.Training.Pretraining;
using YamlDotNet.RepresentationModel;

namespace Attune.Cli.Settings;

/// <summary>The sources of a training's YAML.</summary>
/// <param name="path">The YAML file.</param>
/// <param name="heldOut">Share of the texts and rows that training never sees.</param>
/// <param name="context">Tokens of a sequence.</param>
internal sealed class PretrainSources(string path, int seed, int context, double heldOut)
{
    private static readonly string[] Common = ["kind", "name", "weight", "from", "until", "licence"];
    private readonly Dictionary<string, string> licences = new(StringComparer.Ordinal);

    /// <summary>What each source says of who may use it.</summary>
    public IReadOnlyDictionary<string, string> Licences => licences;

    public IReadOnlyList<MixturePart> Read(IReadOnlyList<YamlMappingNode> nodes)
    {
        var parts = new List<MixturePart>();
        foreach (var node in nodes)
        {
            var part = Read(node);
            if (parts.Any(p => p.Source.Name == part.Source.Name))
                throw new AttuneException($"{YamlText.At(path, node.Start)}: two sources are called '{part.Source.Name}'; give each a name of its own");
            parts.Add(part);
        }
        if (SourceChecks.FirstGap(parts) is { } gap)
            throw new AttuneException($"{YamlText.At(path, nodes[Math.Max(0, parts.FindLastIndex(p => p.Until == gap.From))].Start)}: sources: {SourceChecks.Describe(gap)}");
        return parts;
    }

    /// <summary>Whether a source is of a kind with labels.</summary>
    public static bool HaveLabels(IEnumerable<YamlMappingNode> nodes) => nodes.Any(n => Kind(n) is "task" or "episodes");

    /// <summary>A path beside the YAML file where it is there, else as given.</summary>
    public static string Beside(string file, string given)
    {
        if (given.Contains('\0'))
            throw new AttuneException($"'{file}' names a path with the character U+0000, which no path can hold; write it anew");
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, given);
        return Path.Exists(beside) ? beside : given;
    }

    private MixturePart Read(YamlMappingNode node)
    {
        var kind = Kind(node) ?? throw new AttuneException($"{YamlText.At(path, node.Start)}: a source needs a kind: {string.Join(", ", Kinds.Keys)}");
        if (!Kinds.TryGetValue(kind, out var known))
            throw new AttuneException($"{YamlText.At(path, node.Start)}: kind: '{kind}' is not known{Terminal.Nearest.Hint(kind, Kinds.Keys)} (known are {string.Join(", ", Kinds.Keys)})");
        var fields = new YamlFields(node, path, $"a source of the kind {kind}", [.. Common, .. known]);
        var name = fields.Text("name") ?? kind;
        if (fields.Text("licence") is { } licence)
            licences[name] = licence;
        var part = new MixturePart(Source(kind, name, fields, new SeededRandom((ulong)seed).Fork("source " + name)), fields.Number("weight", 1e-9, 1e9, 1), fields.Number("from", 0, 1, 0), fields.Number("until", 0, 1, 1));
        return part.From < part.Until ? part : throw fields.Wrong("until", "a source is read from a share of the steps until a greater one");
    }

    private static string? Kind(YamlMappingNode node) => (node.Children.FirstOrDefault(c => c.Key is YamlScalarNode { Value: "kind" }).Value as YamlScalarNode)?.Value;

    private static IReadOnlyDictionary<string, string[]> Kinds { get; } = new OrderedDictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["text"] = ["files", "documents"],
        ["task"] = ["path", "rows"],
        ["prose"] = ["max_characters"],
        ["repeats"] = ["max_characters"],
        ["episodes"] = ["families", "max_characters", "max_rows", "full", "default_template", "natural_labels", "exchanged_labels", "noise", "copies", "skew", "blocks"],
    };

    private IDocumentSource Source(string kind, string name, YamlFields f, SeededRandom random) => kind switch
    {
        "text" => new TextSource(name, Files(f), f.OneOf("documents", TextBorders.File, ("file", TextBorders.File), ("blank-line", TextBorders.BlankLine), ("heading", TextBorders.Heading), ("line", TextBorders.Line)), heldOut, random),
        "prose" => Generated(name, GeneratedProse.Draw, f, random),
        "repeats" => Generated(name, GeneratedRepeats.Draw, f, random),
        "episodes" => new EpisodeSource(name, f.Texts("families") is ["all"] ? null : f.Texts("families"), Episodes(f), random),
        _ => new TaskSource(name, Beside(path, f.Required("path")), f.Range("rows", 1, 1024, (2, 16)), heldOut, random),
    };

    private GeneratedSource Generated(string name, Func<SeededRandom, int, string> draw, YamlFields f, SeededRandom random)
    {
        // English takes about four characters a token.
        var characters = f.Whole("max_characters", 50, 1 << 20, 4 * context);
        return new GeneratedSource(name, r => draw(r, characters), random);
    }

    private EpisodeOptions Episodes(YamlFields f)
    {
        var otherwise = new EpisodeOptions();
        return new EpisodeOptions
        {
            // Text of few words a label takes about three characters a token.
            MaxCharacters = f.Whole("max_characters", 50, 1 << 20, 3 * context), MaxRows = f.Whole("max_rows", 2, 1024, otherwise.MaxRows), FullShare = Share("full", otherwise.FullShare),
            DefaultTemplateShare = Share("default_template", otherwise.DefaultTemplateShare), NaturalLabelShare = Share("natural_labels", otherwise.NaturalLabelShare),
            ExchangedLabelShare = Share("exchanged_labels", otherwise.ExchangedLabelShare), NoiseShare = Share("noise", otherwise.NoiseShare), CopyShare = Share("copies", otherwise.CopyShare),
            SkewShare = Share("skew", otherwise.SkewShare), BlockShare = Share("blocks", otherwise.BlockShare),
        };

        double Share(string key, double unset) => f.Number(key, 0, 1, unset);
    }

    /// <summary>The files that are named; * and ? in a file's name stand for any characters.</summary>
    private List<string> Files(YamlFields f)
    {
        var files = new List<string>();
        foreach (var given in f.Texts("files") ?? throw new AttuneException($"{f.Place}: 'files' is missing; give the paths of text files"))
        {
            var name = Path.GetFileName(given);
            if (!name.Contains('*', StringComparison.Ordinal) && !name.Contains('?', StringComparison.Ordinal))
            {
                files.Add(Beside(path, given));
                continue;
            }
            var folder = Beside(path, Path.GetDirectoryName(given) is { Length: > 0 } parent ? parent : ".");
            var found = Directory.Exists(folder) ? Directory.GetFiles(folder, name) : [];
            files.AddRange(found.Length > 0 ? found.Order(StringComparer.Ordinal) : throw f.Wrong("files", $"no file is called '{given}'"));
        }
        return files;
    }
}
