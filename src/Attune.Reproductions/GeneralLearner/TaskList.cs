using Attune.Tensors;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>The K tasks of meta-training. Few are kept; of many, each is drawn again from its number.</summary>
internal sealed class TaskList(long count, int inputs, int classes, SeededRandom random)
{
    private const int MostKept = 4096;

    private readonly TransformedTask?[] kept = new TransformedTask?[count <= MostKept ? count : 0];

    /// <summary>K.</summary>
    public long Count => count;

    /// <summary>One of the tasks, all alike.</summary>
    public TransformedTask Draw(SeededRandom stream)
    {
        var index = count <= int.MaxValue ? stream.Next((int)count) : (long)(stream.NextUInt64() % (ulong)count);
        return index < kept.Length ? kept[index] ??= TransformedTask.Numbered(index, inputs, classes, random) : TransformedTask.Numbered(index, inputs, classes, random);
    }
}
