namespace Attune.Tensors.Kernels;

/// <summary>Heights of the tiles into which rows are cut: the largest while it fits, then the middle one, then single rows.</summary>
internal readonly record struct TileHeights(int Largest, int Middle)
{
    /// <summary>Tiles of any height: the last takes what is left.</summary>
    public static TileHeights UpTo(int largest) => new(largest, 0);

    /// <summary>Rows of the tile that begins when <paramref name="left"/> rows are left.</summary>
    public int Next(int left) =>
        left >= Largest ? Largest
        : Middle == 0 ? left
        : left >= Middle ? Middle : 1;
}
