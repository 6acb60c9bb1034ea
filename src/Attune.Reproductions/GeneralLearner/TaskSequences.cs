using Attune.Tensors;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>
/// Sequences of examples as a learner reads them: at position i the vector [x_i; one-hot(y_{i−1})], zeros for the label at the first, and y_i to be said. So one
/// position for each example, and a label is known from the next on.
/// </summary>
internal sealed class TaskSequences
{
    public TaskSequences(int count, int length, int inputs, int classes)
    {
        (Count, Length, Inputs, Classes) = (count, length, inputs, classes);
        (Vectors, Labels) = (new float[count * length * Columns], new int[count * length]);
    }

    public int Count { get; }

    public int Length { get; }

    /// <summary>Numbers of an x.</summary>
    public int Inputs { get; }

    public int Classes { get; }

    /// <summary>Numbers of a vector.</summary>
    public int Columns => Inputs + Classes;

    /// <summary>[Count·Length, Columns], sequence after sequence.</summary>
    public float[] Vectors { get; }

    /// <summary>[Count·Length].</summary>
    public int[] Labels { get; }

    /// <summary>The x of a row.</summary>
    public ReadOnlySpan<float> X(int row) => Vectors.AsSpan(row * Columns, Inputs);

    /// <summary>Draws all sequences, each of a task of its own.</summary>
    public TaskSequences Fill(IBaseData data, Func<SeededRandom, TransformedTask> task, SeededRandom random)
    {
        var example = new double[Inputs];
        for (var s = 0; s < Count; s++)
        {
            var own = task(random);
            for (var i = 0; i < Length; i++)
            {
                var label = own.Names[data.Draw(random, example)];
                own.Transform(example, Vectors.AsSpan((s * Length + i) * Columns, Inputs));
                SetLabel(s, i, label);
            }
        }
        return this;
    }

    /// <summary>Sets y_i of a sequence, and what the next position reads of it.</summary>
    public void SetLabel(int sequence, int position, int label)
    {
        var row = sequence * Length + position;
        Labels[row] = label;
        if (position == 0)
            Vectors.AsSpan(row * Columns + Inputs, Classes).Clear();
        if (position + 1 == Length)
            return;
        var next = Vectors.AsSpan((row + 1) * Columns + Inputs, Classes);
        next.Clear();
        next[label] = 1;
    }
}
