namespace Attune.Evaluation.Comparison;

/// <summary>Told how a comparison goes; called from one thread.</summary>
public interface IComparisonObserver
{
    /// <summary>How much of a model is loaded, before the plan stands: a share from 0 to 1.</summary>
    void Loading(string model, double share)
    {
    }

    /// <summary>The plan stands: the folder, the cells in all, and those already there from an earlier run.</summary>
    void Planned(string folder, int cells, int alreadyDone)
    {
    }

    void CellStarted(string method, string shots, int seed)
    {
    }

    /// <summary>How far the present cell is: a share from 0 to 1 and what it does.</summary>
    void Progress(double share, string what)
    {
    }

    void CellEnded(CellResult cell)
    {
    }

    /// <summary>A sentence for the user.</summary>
    void Warning(string sentence)
    {
    }
}
