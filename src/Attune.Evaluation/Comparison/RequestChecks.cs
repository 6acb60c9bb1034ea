using System.Globalization;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>Refuses requests that could only fail later.</summary>
internal static class RequestChecks
{
    /// <exception cref="AttuneException">The request is none that can be worked on.</exception>
    public static void Check(ComparisonRequest request)
    {
        request.Data.Task.RequireComparable();
        if (request.Methods.Count == 0)
            throw new AttuneException("there is no method to compare; name some with --methods");
        if (request.Shots.Count == 0)
            throw new AttuneException("there is no number of shots; give some with --shots, such as 0,16");
        if (request.Seeds < 1)
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"{request.Seeds} seeds are too few; give one at least with --seeds"));
        if (request.Budget is { } budget && budget <= TimeSpan.Zero)
            throw new AttuneException("the time budget is not above zero; give one such as --budget 10m");
        if (Twice(request.Methods.Select(m => RunFiles.Safe(m.Name))) is { } method)
            throw new AttuneException($"two methods would be called '{method}' in the results; give one of them another name");
        if (Twice(request.Shots.Select(s => s.ToString())) is { } shots)
            throw new AttuneException($"--shots names {shots} twice; name each budget once");
        if (request.Baseline is { } baseline && request.Methods.All(m => m.Name != baseline))
            throw new AttuneException($"the baseline '{baseline}' is not among the methods {string.Join(", ", request.Methods.Select(m => m.Name))}; add it to --methods or name one of them");
    }

    private static string? Twice(IEnumerable<string> names) =>
        names.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1)?.Key;
}
