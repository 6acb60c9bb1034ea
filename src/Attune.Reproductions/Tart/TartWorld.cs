using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Reproductions.Texts;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.Tart;

/// <summary>The frozen models and the tasks of a run.</summary>
internal sealed class TartWorld : IDisposable
{
    private readonly List<IDisposable> owned = [];

    private TartWorld(CausalLanguageModel language, Func<IReadOnlyList<PromptRow>, float[][]> encode, Func<string, int, PromptTask> task) =>
        (Language, Encode, Task) = (language, encode, task);

    public CausalLanguageModel Language { get; }

    /// <summary>An embedding of each text by itself.</summary>
    public Func<IReadOnlyList<PromptRow>, float[][]> Encode { get; }

    /// <summary>A binary task, by its name and the seed, which says which topic of the news stands against the rest.</summary>
    public Func<string, int, PromptTask> Task { get; }

    /// <summary>Null, and what is missing, where a model or a data set is not there.</summary>
    public static TartWorld? Open(ReproductionContext context, TartSizes sizes, out MissingNeedException? missing)
    {
        missing = null;
        if (context.Scale == RunScale.Smoke)
            return Tiny(context);
        try
        {
            return Open(context, sizes, context.Model("smollm2-135m-instruct"), context.Model("minilm-l6-v2"), sizes.Tasks.ToDictionary(t => t, context.Data));
        }
        catch (MissingNeedException e)
        {
            missing = e;
            return null;
        }
    }

    private static TartWorld Open(ReproductionContext context, TartSizes sizes, string languagePath, string encoderPath, Dictionary<string, string> data)
    {
        var language = ModelLoader.LoadLanguageModel(languagePath, cacheBytes: 1 << 20);
        var encoder = Encoder(encoderPath, language);
        var read = new Dictionary<string, PromptTask>(StringComparer.Ordinal);
        PromptTask Task(string name, int seed)
        {
            var against = name == "agnews" ? new[] { "world", "sports", "business", "technology" }[seed % 4] : null;
            var key = name + against;
            return read.TryGetValue(key, out var known) ? known : read[key] = PromptTask.Read(data[name], language, sizes.Characters, against);
        }
        return new TartWorld(language.Transformer, rows => encoder.Embed([.. rows.Select(r => r.Text)], cancel: context.Cancel), Task) { owned = { language, encoder } };
    }

    public void Dispose()
    {
        foreach (var one in owned)
            one.Dispose();
    }

    /// <summary>The encoder; where it cannot be loaded the language model is given back.</summary>
    private static SentenceEncoder Encoder(string path, LanguageModel language)
    {
        try
        {
            return ModelLoader.LoadEncoder(path);
        }
        catch
        {
            language.Dispose();
            throw;
        }
    }

    /// <summary>A model with initial weights, which serves as encoder too.</summary>
    private static TartWorld Tiny(ReproductionContext context)
    {
        var model = TinyTask.Model(context.Random(0, "tiny model"));
        float[][] Encode(IReadOnlyList<PromptRow> rows)
        {
            using var graph = new Graph(recording: false);
            var batch = new TokenBatch();
            foreach (var row in rows)
                batch.Add(row.Input);
            var pooled = graph.MeanPool(model.Forward(graph, batch, null), batch.Lengths());
            return [.. Enumerable.Range(0, rows.Count).Select(i => pooled[i].ToArray())];
        }
        return new TartWorld(model, Encode, (name, _) => TinyTask.Create(context.Random(0, "tiny " + name), 60)) { owned = { model } };
    }
}
