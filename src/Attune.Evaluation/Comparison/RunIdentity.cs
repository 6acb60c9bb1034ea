using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Attune.Data;
using Attune.Methods;
using Attune.Models;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>One thing on which a cell's result depends, and its value as text.</summary>
internal sealed record IdentityPart(string Name, string Value);

/// <summary>
/// What a comparison is: everything on which its cells depend. Objective, baseline, time budget, memory limit and --no-examples only
/// change what is made of the cells, so they may differ from call to call in one folder.
/// </summary>
internal sealed record RunIdentity(string Hash, IReadOnlyList<IdentityPart> Parts)
{
    private const int ShownLength = 80;

    public static RunIdentity Of(ComparisonRequest request, LanguageModel? model, SentenceEncoder? encoder)
    {
        var parts = new List<IdentityPart>
        {
            new("the data", request.Data.Hash),
            new("--model", model?.Description.Hash ?? "none"),
            new("--encoder", encoder?.Description.Hash ?? "none"),
            new("the template", request.Data.Task.Template.ToJson().ToJsonString()),
            new("--methods", string.Join(",", request.Methods.Select(m => m.Name))),
        };
        foreach (var m in request.Methods)
            parts.Add(new($"the options of {m.Name}", $"{m.Method.Card.Name} {OptionsJson.Write(m.Options)}"));
        parts.AddRange(
        [
            new("--shots", string.Join(",", request.Shots)),
            new("--seeds", Number(request.Seeds)),
            new("--seed", Number(request.FirstSeed)),
            new("--test", request.TestRows is { } rows ? Number(rows) : "all"),
            new("--natural", request.Natural ? "yes" : "no"),
            new("--keep-leaks", request.KeepLeaks ? "yes" : "no"),
            new("--on-overflow", OptionsJson.Name(request.Overflow.ToString())),
            new("--precision", OptionsJson.Name(request.Precision.ToString())),
        ]);
        return new RunIdentity(HashOf(parts), parts);
    }

    /// <exception cref="AttuneException">The folder's comparison is another one; the message names the first part that differs.</exception>
    public void RequireSame(RunIdentity there, string folder)
    {
        if (there.Hash == Hash)
            return;
        var known = there.Parts.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        var part = Parts.FirstOrDefault(p => known.GetValueOrDefault(p.Name) != p.Value) ?? new IdentityPart("the comparison", Hash);
        throw new AttuneException(
            $"'{folder}' holds another comparison: {part.Name} is {Show(known.GetValueOrDefault(part.Name) ?? there.Hash)} there and {Show(part.Value)} here; "
            + "give another folder with --out, or the options that it was begun with");
    }

    /// <summary>SHA-256 over names and values, each led by its length so that no two contents run together.</summary>
    private static string HashOf(IEnumerable<IdentityPart> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
            foreach (var s in new[] { part.Name, part.Value })
                text.Append(CultureInfo.InvariantCulture, $"{s.Length}:").Append(s);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Show(string value) => value.Length <= ShownLength ? $"'{value}'" : $"'{value[..ShownLength]}…'";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
