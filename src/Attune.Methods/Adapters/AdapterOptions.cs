namespace Attune.Methods.Adapters;

/// <summary>Options that every method has which trains an adapter: which maps it changes, and how it is trained.</summary>
public abstract record AdapterOptions : MethodOptions
{
    [Option("maps that are changed, by the last part of their names, or all-linear; q_proj and v_proj stand for a model's queries and values under any name")]
    public IReadOnlyList<string> Targets { get; init; } = ["q_proj", "v_proj"];

    [Option("peak learning rate; rises over a tenth of the steps, then falls to 0")]
    public double LearningRate { get; init; } = 5e-4;

    [Option("times that every row is seen, at most")]
    public int Epochs { get; init; } = 12;

    [Option("rows in a step")]
    public int BatchSize { get; init; } = 8;

    [Option("most steps in all; unset: no limit")]
    public int? MaxSteps { get; init; } = 150;

    [Option("share of the labelled rows held out to choose the epoch; 0: the last epoch is taken")]
    public double HoldOut { get; init; } = 0.25;

    [Option("epochs without improvement on the held-out rows after which training stops")]
    public int Patience { get; init; } = 4;

    [Option("largest gradient norm")]
    public double Clip { get; init; } = 1;

    [Option("decoupled weight decay")]
    public double WeightDecay { get; init; }

    [Option("round the factors of products to bfloat16 while training: faster on processors that have such products")]
    public bool Bfloat16 { get; init; }
}
