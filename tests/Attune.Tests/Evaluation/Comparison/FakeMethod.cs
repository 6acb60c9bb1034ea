using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Methods;
using Attune.Models.Sites;

namespace Attune.Tests.Evaluation.Comparison;

/// <summary>A method without a model, whose fitting and predicting the test says.</summary>
internal sealed class FakeMethod(string name) : IMethod
{
    public Action<FitContext>? OnFit { get; init; }

    public Action<IReadOnlyList<Input>, PredictionTools>? OnPredict { get; init; }

    /// <summary>The probability of the first of two labels, from the number at the end of a row's text.</summary>
    public Func<int, double> First { get; init; } = _ => 0.5;

    /// <summary>In place of <see cref="First"/>: all probabilities of an input.</summary>
    public Func<Input, double[]>? All { get; init; }

    public bool UsesRows { get; init; } = true;

    public int LeastRows { get; init; }

    public ModelView View { get; init; } = ModelView.None;

    public MethodCard Card => new()
    {
        Name = name, Summary = "For tests.", Paper = "None", Cost = "None", Site = SiteKind.Head, View = View, UsesRows = UsesRows, LeastRows = LeastRows,
    };

    public MethodOptions DefaultOptions => new FakeOptions();

    public Adaptation Fit(FitContext context, MethodOptions options)
    {
        context.Progress?.Invoke(0.5, "half");
        OnFit?.Invoke(context);
        context.Cancellation.ThrowIfCancellationRequested();
        return new Adaptation(context.Task, [new Head(this)], new Provenance(name, OptionsJson.Write(options), context.Task.Name, "", "", context.Seed, context.Examples.Count, "test"));
    }

    private sealed class Head(FakeMethod method) : Intervention, IHeadIntervention
    {
        public override SiteKind Site => SiteKind.Head;

        public override string Summary => "for tests";

        public override JsonObject Save(TensorBag tensors) => [];

        public IReadOnlyList<double[]> Predict(IReadOnlyList<Input> inputs, PredictionTools tools)
        {
            method.OnPredict?.Invoke(inputs, tools);
            return [.. inputs.Select(i => method.All?.Invoke(i) ?? OfTwo(i))];
        }

        private double[] OfTwo(Input input)
        {
            var p = method.First(int.Parse(input.Text.Split(' ')[^1], CultureInfo.InvariantCulture));
            return [p, 1 - p];
        }
    }
}

internal sealed record FakeOptions : MethodOptions
{
    [Option("Changes nothing.")]
    public int Turn { get; init; } = 1;
}
