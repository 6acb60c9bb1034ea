using System.Globalization;
using System.Text.Json.Nodes;

namespace Attune.Training.Pretraining;

/// <summary>Sees a training blow up before numbers overflow: gradients a thousand times as long as usual, several steps in a row.</summary>
internal sealed class DivergenceWatch
{
    public const double Factor = 1000;
    public const int StepsInARow = 5;
    private const int Remembered = 65, LeastRemembered = 9;

    private readonly List<double> norms = [];
    private readonly double[] sorted = new double[Remembered];
    private int exploded;

    /// <summary>Whether the last step was far from usual; what it left is not to be kept.</summary>
    public bool IsSuspicious => exploded > 0;

    /// <summary>Takes the gradients' norm of a step.</summary>
    /// <param name="where">The parameter whose gradient is longest.</param>
    /// <exception cref="DivergedException">Training diverges; the message says at which step and where.</exception>
    public void Add(int step, double norm, Func<string> where)
    {
        if (norms.Count >= LeastRemembered && norm > Factor * Median())
        {
            if (++exploded < StepsInARow)
                return;
            var usual = string.Create(CultureInfo.InvariantCulture, $"{Factor:0} times its median of {Median():0.###e+0} (now {norm:0.###e+0})");
            throw new DivergedException(FormattableString.Invariant(
                $"training diverged at step {step}: for {StepsInARow} steps the gradients' norm was over {usual}, longest in {where()}; lower the learning rate"));
        }
        exploded = 0;
        if (norms.Count == Remembered)
            norms.RemoveAt(0);
        norms.Add(norm);
    }

    public JsonArray ToJson() => [.. norms.Select(n => (JsonNode)JsonValue.Create(n))];

    public void Resume(JsonArray saved)
    {
        norms.Clear();
        norms.AddRange(saved.Select(n => n!.GetValue<double>()));
    }

    private double Median()
    {
        norms.CopyTo(sorted);
        Array.Sort(sorted, 0, norms.Count);
        return sorted[norms.Count / 2];
    }
}
