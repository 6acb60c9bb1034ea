using Attune.Evaluation.Comparison;

namespace Attune.Tests.Evaluation.Comparison;

/// <summary>Keeps what a comparison tells.</summary>
internal sealed class Recorder : IComparisonObserver
{
    public string Folder { get; private set; } = "";

    public int Cells { get; private set; }

    public int AlreadyDone { get; private set; }

    public List<string> Started { get; } = [];

    public List<CellResult> Ended { get; } = [];

    public List<double> Shares { get; } = [];

    public List<string> Warnings { get; } = [];

    public Action<string>? OnStarted { get; init; }

    public Action<int>? OnEnded { get; init; }

    public void Planned(string folder, int cells, int alreadyDone) => (Folder, Cells, AlreadyDone) = (folder, cells, alreadyDone);

    public void CellStarted(string method, string shots, int seed)
    {
        Started.Add(RunResults.Key(method, shots, seed));
        OnStarted?.Invoke(Started[^1]);
    }

    public void Progress(double share, string what) => Shares.Add(share);

    public void CellEnded(CellResult cell)
    {
        Ended.Add(cell);
        OnEnded?.Invoke(Ended.Count);
    }

    public void Warning(string sentence) => Warnings.Add(sentence);
}
