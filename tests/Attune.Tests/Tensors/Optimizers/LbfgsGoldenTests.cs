using System.Text.Json;
using Attune.Tensors.Optimizers;
using static Attune.Tests.GoldenJson;

namespace Attune.Tests.Tensors.Optimizers;

[Trait("Category", "Goldens")]
public class LbfgsGoldenTests
{
    private const string File = "optimizers/lbfgs.json";

    /// <summary>What the goldens' README grants float64.</summary>
    private const double Tolerance = 1e-10;

    public static TheoryData<string> All()
    {
        var data = new TheoryData<string>();
        foreach (var name in Cases(File, "problems").SelectMany(p => p.GetProperty("runs").EnumerateArray()).Select(r => r.GetProperty("name").GetString()!).Distinct())
            data.Add(name);
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Step_GoldenFunction_FollowsTheTrajectory(string name)
    {
        Skip.If(name.Length == 0, $"'{File}' is not under the fixture folders");
        var problem = Cases(File, "problems").First(p => p.GetProperty("runs").EnumerateArray().Any(r => r.GetProperty("name").GetString() == name));
        var run = problem.GetProperty("runs").EnumerateArray().First(r => r.GetProperty("name").GetString() == name);
        var o = run.GetProperty("options");
        var optimizer = new Lbfgs(new LbfgsOptions
        {
            Rate = Number(o, "lr", 1), Iterations = (int)Number(o, "max_iter", 20), History = (int)Number(o, "history_size", 100), Searches = o.TryGetProperty("line_search_fn", out var search) && search.ValueKind == JsonValueKind.String,
        });
        var objective = name.StartsWith("rosenbrock", StringComparison.Ordinal) ? Rosenbrock : Quadratic(problem.GetProperty("quadratic"));
        var x = Numbers(run.GetProperty("start"));
        var step = 0;
        foreach (var expected in run.GetProperty("steps").EnumerateArray())
        {
            Near([expected.GetProperty("loss_before").GetDouble()], [optimizer.Step(objective, x)], Tolerance, Tolerance, $"loss before step {step}");
            Near(Numbers(expected.GetProperty("x")), x, Tolerance, Tolerance, $"x after step {step}");
            Assert.Equal(expected.GetProperty("evaluations").GetInt32(), optimizer.Evaluations);
            step++;
        }
    }

    private static Lbfgs.Objective Quadratic(JsonElement function)
    {
        var (a, b) = (Rows(function.GetProperty("a")), Numbers(function.GetProperty("b")));
        return (x, gradient) =>
        {
            var value = 0.0;
            for (var i = 0; i < b.Length; i++)
            {
                var along = 0.0;
                for (var j = 0; j < b.Length; j++)
                    along += a[i][j] * x[j];
                gradient[i] = along - b[i];
                value += x[i] * along / 2 - b[i] * x[i];
            }
            return value;
        };
    }

    /// <summary>Σ 100 (x[i+1] − x[i]²)² + (1 − x[i])².</summary>
    private static double Rosenbrock(ReadOnlySpan<double> x, Span<double> gradient)
    {
        var value = 0.0;
        gradient.Clear();
        for (var i = 0; i + 1 < x.Length; i++)
        {
            var (bend, rest) = (x[i + 1] - x[i] * x[i], 1 - x[i]);
            value += 100 * bend * bend + rest * rest;
            gradient[i] += -400 * x[i] * bend - 2 * rest;
            gradient[i + 1] += 200 * bend;
        }
        return value;
    }
}
