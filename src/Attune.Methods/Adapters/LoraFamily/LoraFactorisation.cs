using Attune.Models.Architectures;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Methods.Adapters;

/// <summary>Products that variants of LoRA take out of a weight before training, found by factorising it in float64.</summary>
internal static class LoraFactorisation
{
    /// <summary>The r largest parts of the singular value decomposition, U_r·S_r·V_rᵀ (PiSSA, Meng et al. 2024, equation 2).</summary>
    public static RemovedProduct Largest(AdapterReader reader, LinearModule module, int rank) => Singular(reader, module, rank, first: true);

    /// <summary>The r smallest parts (KaSA, Wang et al. 2025, equation 4).</summary>
    public static RemovedProduct Smallest(AdapterReader reader, LinearModule module, int rank) => Singular(reader, module, rank, first: false);

    /// <summary>s·Q_r·R_r of W = Q·R (OLoRA, Büyükakyüz 2024).</summary>
    public static RemovedProduct Orthonormal(AdapterReader reader, LinearModule module, int rank, float scale)
    {
        var (q, r) = QR(module);
        return Product(reader, module, rank, (i, k) => scale * q[i, k], (k, j) => r[k, j]);
    }

    /// <summary>U, S and Vᵀ of a map's weight, the largest values first.</summary>
    public static (Matrix<double> U, Vector<double> S, Matrix<double> Vt) Svd(LinearModule module)
    {
        var svd = Weight(module).Svd(computeVectors: true);
        return (svd.U, svd.S, svd.VT);
    }

    /// <summary>Q and R of a map's weight.</summary>
    public static (Matrix<double> Q, Matrix<double> R) QR(LinearModule module)
    {
        // The library wants at least as many rows as columns; the first columns alone decide the first of Q.
        var w = Weight(module);
        if (w.RowCount >= w.ColumnCount)
        {
            var qr = w.QR(MathNet.Numerics.LinearAlgebra.Factorization.QRMethod.Thin);
            return (qr.Q, qr.R);
        }
        var q = w.SubMatrix(0, w.RowCount, 0, w.RowCount).QR(MathNet.Numerics.LinearAlgebra.Factorization.QRMethod.Thin).Q;
        return (q, q.TransposeThisAndMultiply(w));
    }

    private static RemovedProduct Singular(AdapterReader reader, LinearModule module, int rank, bool first)
    {
        if (rank >= Math.Min(module.Inputs, module.Outputs))
            throw reader.Refused(FormattableString.Invariant($"takes {rank} singular values out of '{module.Name}', which has {Math.Min(module.Inputs, module.Outputs)}; it was made for another model"));
        var (u, s, vt) = Svd(module);
        var start = first ? 0 : s.Count - rank;
        return Product(reader, module, rank, (i, k) => u[i, start + k] * s[start + k], (k, j) => vt[start + k, j]);
    }

    private static RemovedProduct Product(AdapterReader reader, LinearModule module, int rank, Func<int, int, double> left, Func<int, int, double> right)
    {
        var (l, r) = (new float[module.Outputs * rank], new float[rank * module.Inputs]);
        for (var k = 0; k < rank; k++)
        {
            for (var i = 0; i < module.Outputs; i++)
                l[i * rank + k] = (float)left(i, k);
            for (var j = 0; j < module.Inputs; j++)
                r[k * module.Inputs + j] = (float)right(k, j);
        }
        return new RemovedProduct(reader.Constant(module.Name + ".left", module.Outputs, rank, l), reader.Constant(module.Name + ".right", rank, module.Inputs, r));
    }

    private static Matrix<double> Weight(LinearModule module)
    {
        var w = Matrix<double>.Build.Dense(module.Outputs, module.Inputs);
        var row = new float[module.Inputs];
        for (var i = 0; i < module.Outputs; i++)
        {
            module.Weight.ReadRow(i, row);
            for (var j = 0; j < row.Length; j++)
                w[i, j] = row[j];
        }
        return w;
    }
}
