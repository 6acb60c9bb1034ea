namespace Attune.Data;

/// <summary>The texts and groups of some rows, to find others that share one.</summary>
internal sealed class Leaks
{
    private readonly HashSet<string> texts = new(StringComparer.Ordinal);
    private readonly HashSet<string> groups = new(StringComparer.Ordinal);

    public Leaks(IEnumerable<Example> examples)
    {
        foreach (var example in examples)
        {
            texts.Add(TextKey.Of(example.Input));
            if (example.Group is not null)
                groups.Add(example.Group);
        }
    }

    public bool Shares(Example example) =>
        (example.Group is not null && groups.Contains(example.Group)) || texts.Contains(TextKey.Of(example.Input));

    /// <summary>How many of <paramref name="rows"/> share a text or group with one of <paramref name="others"/>.</summary>
    public static int Count(IEnumerable<Example> rows, IEnumerable<Example> others) => rows.Count(new Leaks(others).Shares);
}
