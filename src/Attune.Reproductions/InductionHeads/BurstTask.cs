using Attune.Tensors;

namespace Attune.Reproductions.InductionHeads;

/// <summary>The classes and labels of a run, and how sequences are drawn from them.</summary>
public sealed class BurstTask
{
    private readonly BurstSetting setting;
    private readonly float[] means, labels, pool;
    private readonly int[] poolLabels;
    private readonly double[] cumulative;

    /// <param name="random">Makes the classes and labels.</param>
    public BurstTask(BurstSetting setting, SeededRandom random)
    {
        if (setting.Burstiness < 1 || setting.Items % setting.Burstiness != 0)
            throw new AttuneException(FormattableString.Invariant($"a burstiness of {setting.Burstiness} does not divide {setting.Items} items; choose a divisor"));
        if (setting.Burstiness == setting.Items && setting.Items > 1)
            throw new AttuneException(FormattableString.Invariant($"a burstiness of {setting.Burstiness} leaves one class in a context of {setting.Items} items, whose only label is right whatever a net has learned; choose a smaller divisor"));
        this.setting = setting;
        var normal = new NormalStream(random);
        (means, labels) = (Vectors(normal, setting.Classes), Vectors(normal, setting.Labels));
        (pool, poolLabels) = (new float[setting.NovelClasses * setting.Dimension], new int[setting.NovelClasses]);
        cumulative = new double[setting.Classes];
        var sum = 0.0;
        for (var k = 0; k < cumulative.Length; k++)
            cumulative[k] = sum += Math.Pow(k + 1, -setting.Skew);
    }

    /// <summary>The vector of a label: [D].</summary>
    public ReadOnlySpan<float> Label(int label) => Row(labels, label);

    /// <summary>Draws all sequences of a batch anew.</summary>
    /// <param name="batch">Of this task's setting; its burstiness may be another.</param>
    public void Draw(BurstBatch batch, BurstKind kind, SeededRandom random, NormalStream normal)
    {
        if (kind == BurstKind.Novel || (kind == BurstKind.Training && setting.NovelShare > 0))
            MakeNovel(random, normal);
        Span<int> classes = stackalloc int[setting.Items];
        for (var s = 0; s < batch.Count; s++)
        {
            var novel = kind == BurstKind.Novel || (kind == BurstKind.Training && setting.NovelShare > 0 && random.NextDouble() < setting.NovelShare);
            var bursty = novel || kind == BurstKind.Shifted || (kind == BurstKind.Training && random.NextDouble() < setting.BurstShare);
            var target = bursty ? DrawBursty(batch.Setting, classes, novel, random) : DrawApart(classes, kind == BurstKind.InWeights, random);
            Fill(batch, s, classes, target, novel, kind == BurstKind.Shifted ? 1 : 0, normal);
            batch.Place(s, random.Next(2 * (setting.MostItems - setting.Items) + 1));
        }
    }

    /// <summary>N/B classes, B times each, in random order; the target's class is one of them.</summary>
    private int DrawBursty(BurstSetting each, Span<int> classes, bool novel, SeededRandom random)
    {
        var different = classes.Length / each.Burstiness;
        for (var i = 0; i < different; i++)
            do
                classes[i] = novel ? random.Next(setting.NovelClasses) : DrawClass(random);
            while (each.DistinctLabels && HasLabelOf(classes[..i], classes[i], novel));
        for (var i = different; i < classes.Length; i++)
            classes[i] = classes[i - different];
        random.Shuffle(classes);
        return classes[random.Next(classes.Length)];
    }

    /// <summary>Items and target independently, or items with other labels than the target's: a class of the same label would give the answer away as the target's own would.</summary>
    private int DrawApart(Span<int> classes, bool without, SeededRandom random)
    {
        var target = DrawClass(random);
        foreach (ref var item in classes)
            do
                item = DrawClass(random);
            while (without && LabelOf(item, novel: false) == LabelOf(target, novel: false));
        return target;
    }

    private void Fill(BurstBatch batch, int sequence, ReadOnlySpan<int> classes, int target, bool novel, int shift, NormalStream normal)
    {
        var first = sequence * setting.Length;
        for (var i = 0; i < classes.Length; i++)
        {
            var label = (LabelOf(classes[i], novel) + shift) % setting.Labels;
            DrawItem(batch.Contents[first + 2 * i], classes[i], novel, normal);
            Label(label).CopyTo(batch.Contents[first + 2 * i + 1]);
            batch.ContextLabels[sequence * setting.Items + i] = label;
            batch.IsCorrect[sequence * setting.Items + i] = classes[i] == target;
        }
        DrawItem(batch.Contents[first + 2 * classes.Length], target, novel, normal);
        batch.Answers[sequence] = (LabelOf(target, novel) + shift) % setting.Labels;
    }

    private void DrawItem(Span<float> item, int index, bool novel, NormalStream normal)
    {
        var mean = Row(novel ? pool : means, index);
        var length = Math.Sqrt(1 + setting.Noise * setting.Noise);
        normal.Fill(item, setting.Noise / Math.Sqrt(setting.Dimension));
        for (var i = 0; i < item.Length; i++)
            item[i] = (float)((item[i] + mean[i]) / length);
    }

    private void MakeNovel(SeededRandom random, NormalStream normal)
    {
        normal.Fill(pool, 1 / Math.Sqrt(setting.Dimension));
        foreach (ref var label in poolLabels.AsSpan())
            label = random.Next(setting.Labels);
    }

    private bool HasLabelOf(ReadOnlySpan<int> classes, int other, bool novel)
    {
        foreach (var k in classes)
            if (LabelOf(k, novel) == LabelOf(other, novel))
                return true;
        return false;
    }

    private int DrawClass(SeededRandom random)
    {
        if (setting.Skew == 0)
            return random.Next(setting.Classes);
        var place = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
        return Math.Min(place < 0 ? ~place : place + 1, cumulative.Length - 1);
    }

    private int LabelOf(int index, bool novel) => novel ? poolLabels[index] : index % setting.Labels;

    private float[] Vectors(NormalStream normal, int count)
    {
        var vectors = new float[count * setting.Dimension];
        normal.Fill(vectors, 1 / Math.Sqrt(setting.Dimension));
        return vectors;
    }

    private ReadOnlySpan<float> Row(float[] vectors, int index) => vectors.AsSpan(index * setting.Dimension, setting.Dimension);
}
