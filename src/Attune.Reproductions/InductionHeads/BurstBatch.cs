using Attune.Tensors;

namespace Attune.Reproductions.InductionHeads;

/// <summary>Sequences of a <see cref="BurstSetting"/> in memory that is drawn into again and again.</summary>
public sealed class BurstBatch : IDisposable
{
    private readonly Arena arena = new();

    public BurstBatch(BurstSetting setting, int count)
    {
        (Setting, Count) = (setting, count);
        Tokens = arena.Zeros(count * setting.Length, setting.Width);
        Contents = arena.Matrix(count * setting.Length, setting.Dimension);
        Targets = arena.Matrix(count, setting.Dimension);
        (Answers, ContextLabels, IsCorrect) = (new int[count], new int[count * setting.Items], new bool[count * setting.Items]);
    }

    public BurstSetting Setting { get; }

    public int Count { get; }

    /// <summary>Position and content of each token, sequence after sequence: [Count·(2N+1), Width].</summary>
    public Tensor Tokens { get; }

    /// <summary>The contents alone: [Count·(2N+1), D].</summary>
    public Tensor Contents { get; }

    /// <summary>The content of each sequence's last token: [Count, D].</summary>
    public Tensor Targets { get; }

    /// <summary>The label that counts as right: [Count].</summary>
    public int[] Answers { get; }

    /// <summary>The labels in the context: [Count·N].</summary>
    public int[] ContextLabels { get; }

    /// <summary>Whether an item of the context is of the target's class: [Count·N].</summary>
    public bool[] IsCorrect { get; }

    public void Dispose() => arena.Dispose();

    /// <summary>Puts the tokens of a sequence together, once its contents are there.</summary>
    /// <param name="shift">The position of its first token.</param>
    internal void Place(int sequence, int shift)
    {
        var length = Setting.Length;
        for (var t = 0; t < length; t++)
        {
            var token = Tokens[sequence * length + t];
            token[..Setting.Positions].Clear();
            token[shift + t] = 1;
            Contents[sequence * length + t].CopyTo(token[Setting.Positions..]);
        }
        Contents[(sequence + 1) * length - 1].CopyTo(Targets[sequence]);
    }
}
