using Attune.Models;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>
/// Compares methods: every method, budget and seed on the same splits. Each cell is kept as it ends, and the same request resumes; see
/// <see cref="ComparisonRequest"/>. A run's folder holds config.json, results.jsonl, predictions/, adaptations/, best/ and summary.json.
/// </summary>
public static class ComparisonRunner
{
    /// <summary>Loads the models that the request names and compares.</summary>
    /// <exception cref="AttuneException">The request is wrong, the folder holds another comparison or is in use, or results cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the cells that ended are kept.</exception>
    public static RunResults Run(ComparisonRequest request, IComparisonObserver observer, CancellationToken cancel)
    {
        RequestChecks.Check(request);
        return Limited(request, () =>
        {
            using var model = request.ModelPath is { } m ? ModelLoader.LoadLanguageModel(m, request.Precision, request.LimitMemory / 2 ?? LanguageModel.DefaultCacheBytes, share => observer.Loading(m, share)) : null;
            using var encoder = request.EncoderPath is { } e ? ModelLoader.LoadEncoder(e, share => observer.Loading(e, share)) : null;
            return new ComparisonRun(request, model, encoder, observer, cancel).Run();
        });
    }

    /// <summary>Compares with models that are loaded already; the request's paths are only recorded.</summary>
    /// <inheritdoc cref="Run(ComparisonRequest, IComparisonObserver, CancellationToken)" path="/exception"/>
    public static RunResults Run(ComparisonRequest request, LanguageModel? model, SentenceEncoder? encoder, IComparisonObserver observer, CancellationToken cancel) =>
        Limited(request, () => new ComparisonRun(request, model, encoder, observer, cancel).Run());

    /// <summary>
    /// A run from its folder, or from a pointer to it such as runs/last. The table is made anew from the cells that are there, so an
    /// interrupted or running comparison can be read too; its warnings name what is missing.
    /// </summary>
    /// <exception cref="AttuneException">The folder holds no comparison, or a file in it is damaged.</exception>
    public static RunResults Read(string folder) => RunReader.Read(folder);

    private static RunResults Limited(ComparisonRequest request, Func<RunResults> run)
    {
        var before = EngineMemory.Limit;
        EngineMemory.Limit = request.LimitMemory ?? before;
        try
        {
            return run();
        }
        finally
        {
            EngineMemory.Limit = before;
        }
    }
}
