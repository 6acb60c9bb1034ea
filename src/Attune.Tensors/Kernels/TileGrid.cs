namespace Attune.Tensors.Kernels;

/// <summary>
/// The right side of a product of attention, in panels of 16 columns: either each page is a panel (keys: columns are tokens), or each
/// page holds 16 rows of all panels (values: columns are dimensions).
/// </summary>
internal readonly unsafe struct TileGrid
{
    private const int Tile = AttentionTile.Tokens * AttentionTile.Tokens;
    private readonly float** pages;
    private readonly long offset;
    private readonly bool pageIsPanel;

    private TileGrid(float** pages, long offset, bool pageIsPanel)
    {
        this.pages = pages;
        this.offset = offset;
        this.pageIsPanel = pageIsPanel;
    }

    /// <summary>Panel p is pages[p], [rows][16].</summary>
    public static TileGrid OfKeys(float** pages, long offset) => new(pages, offset, true);

    /// <summary>Panel p is [16][16] in each page, of which each goes on with the rows.</summary>
    public static TileGrid OfValues(float** pages, long offset) => new(pages, offset, false);

    /// <summary>The rows of a panel, from its lane <paramref name="lane"/> on.</summary>
    public PanelRun Run(int panel, int lane = 0) =>
        pageIsPanel ? new PanelRun(pages[panel] + offset + lane, Tile) : new PanelRun(pages, offset + panel * Tile + lane);

    /// <summary>Floats from a panel to the one <paramref name="by"/> panels behind it.</summary>
    public long Distance(int panel, int by) => pageIsPanel ? pages[panel + by] - pages[panel] : by * Tile;
}
