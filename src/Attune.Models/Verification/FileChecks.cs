using System.Globalization;
using Attune.Models.ChatTemplates;
using Attune.Models.Files;
using Attune.Models.Hub;
using Attune.Models.Loading;
using Attune.Models.Saving;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Models.Verification;

/// <summary>Checks of a model's files by themselves: hashes of a pull, tensors, tokenizer, chat template.</summary>
public static class FileChecks
{
    private static readonly string[] Texts =
        ["Hello, world!", "  two  blanks and a tab\t.", "line\nbreak", "naïve café, Ångström", "Привет, мир", "日本語と中文", "😀👍🏽", "f(x) = 3.14 * x[0]; // 100%", "don't we'll I'm"];

    /// <param name="path">A model as <see cref="ModelLocator.Find"/> gives it.</param>
    public static IReadOnlyList<FileCheck> Run(string path, CancellationToken cancel) =>
        [.. Hashes(path, cancel), .. Shards(path), .. Tokenizer(path), .. Template(path)];

    /// <summary>The files' hashes beside those that the hub announced, where the model was pulled.</summary>
    private static IEnumerable<FileCheck> Hashes(string path, CancellationToken cancel)
    {
        var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(path)!;
        if (HubRecord.Find(folder) is not { } record)
        {
            yield return new FileCheck("hashes", null, "not pulled from a hub, so there is nothing to compare with");
            yield break;
        }
        foreach (var (name, digest) in record.Digests.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var file = Path.Combine(folder, name.Replace('/', Path.DirectorySeparatorChar));
            if (!Directory.Exists(path) && file != path)
                continue;
            var (there, same) = (File.Exists(file), File.Exists(file) && digest.Matches(file, cancel));
            yield return new FileCheck($"hash of {name}", same, !there ? "the file is missing; pull the model again" : same ? digest.Kind + " as announced" : $"it has changed since it was pulled ({digest.Kind}); pull it again");
        }
    }

    private static IEnumerable<FileCheck> Shards(string path)
    {
        FileCheck check;
        try
        {
            var info = ModelFileInfo.Read(path);
            var strange = info.Tensors.FirstOrDefault(t => t.Shape.Any(s => s == 0));
            check = new FileCheck("tensors", strange is null, strange is null
                ? string.Create(CultureInfo.InvariantCulture, $"{info.Tensors.Count} in {info.Format}")
                : $"{Shown.Quoted(strange.Name)} is empty");
        }
        catch (AttuneException e)
        {
            check = new FileCheck("tensors", false, e.Message);
        }
        yield return check;
    }

    private static IEnumerable<FileCheck> Tokenizer(string path)
    {
        ITokenizer tokenizer;
        FileCheck? wrong = null;
        try
        {
            tokenizer = TokenizerLoader.Load(path);
        }
        catch (AttuneException e)
        {
            wrong = new FileCheck("tokenizer", null, e.Message);
            tokenizer = null!;
        }
        if (wrong is not null)
        {
            yield return wrong;
            yield break;
        }
        foreach (var warning in tokenizer.Warnings)
            yield return new FileCheck("tokenizer", null, warning);
        var back = Texts.Count(t => tokenizer.Decode(tokenizer.Encode(t, addSpecial: false, parseSpecial: false), skipSpecial: false).Trim() == t.Trim());
        yield return new FileCheck("tokenizer", null, string.Create(CultureInfo.InvariantCulture, $"{tokenizer.VocabularySize} tokens; {back} of {Texts.Length} texts come back as they were"));
        yield return Rows(path, tokenizer);
    }

    /// <summary>A token without a row in the embeddings would be an error in the midst of work.</summary>
    private static FileCheck Rows(string path, ITokenizer tokenizer)
    {
        try
        {
            using var model = StoredModel.Open(path);
            var rows = model.Json.OptionalInteger("vocab_size");
            return new FileCheck("vocabulary", rows is null ? null : tokenizer.VocabularySize <= rows, string.Create(CultureInfo.InvariantCulture, $"{tokenizer.VocabularySize} tokens, {rows?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} rows of embeddings"));
        }
        catch (AttuneException e)
        {
            return new FileCheck("vocabulary", false, e.Message);
        }
    }

    private static IEnumerable<FileCheck> Template(string path)
    {
        FileCheck check;
        try
        {
            check = ChatExample.Of(path) is { } example
                ? new FileCheck("chat template", true, $"renders a turn ({example.Length.ToString(CultureInfo.InvariantCulture)} characters)")
                : new FileCheck("chat template", null, "none");
        }
        catch (Exception e) when (e is AttuneException or ChatTemplateException)
        {
            check = new FileCheck("chat template", false, e.Message);
        }
        yield return check;
    }
}
