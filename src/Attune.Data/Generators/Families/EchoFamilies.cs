using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>
/// The plainest tasks that only demonstrations reveal: rows are common words, and a row's label is that of the same word above. Looking up comes
/// before generalising; a model that trains on these first learns the rest sooner.
/// </summary>
internal abstract class EchoFamily(string name, string summary) : Family(name, "nonce", summary)
{
    private static readonly string[] Words =
    [
        .. WordKinds.Things.SelectMany(k => WordKinds.Lists[k]).Concat(WordKinds.Lists["verb"]).Concat(WordKinds.Lists["adjective"]).Distinct(StringComparer.Ordinal),
    ];

    private protected static string[] Some(SeededRandom random, int count) => random.Some(Words, count);
}

internal sealed class Echo() : EchoFamily("echo", "One common word for each label, and nothing else in the row.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var count = random.Between(2, 6);
        var words = Some(random, count);
        return new GeneratedTask(LabelNames.Arbitrary(random, count), (_, label) => words[label]);
    }
}

internal sealed class EchoOfTwo() : EchoFamily("echo-sets", "Two to four common words for each label; a row is one of them.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var (count, size) = (random.Between(2, 4), random.Between(2, 4));
        var words = Some(random, count * size);
        return new GeneratedTask(LabelNames.Arbitrary(random, count), (r, label) => words[label * size + r.Next(size)]);
    }
}

internal sealed class EchoAmong() : EchoFamily("echo-among", "One common word for each label, with one to three words beside it that say nothing.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var (count, others) = (random.Between(2, 5), random.Between(1, 3));
        var words = Some(random, count + 10);
        var last = random.Chance(0.5);
        return new GeneratedTask(LabelNames.Arbitrary(random, count), (r, label) =>
        {
            var rest = string.Join(' ', Enumerable.Range(0, others).Select(_ => words[count + r.Next(10)]));
            return last ? $"{rest} {words[label]}" : $"{words[label]} {rest}";
        });
    }
}
