namespace Attune.Tensors.Kernels;

/// <summary>
/// The right side of a product of attention, in panels of 16 columns: either each page is a panel (keys: columns are tokens), or each
/// page holds 16 rows of all panels (values: columns are dimensions).
/// </summary>
internal readonly unsafe struct TileGrid
{
    private const int Tile = AttentionTile.Tokens * AttentionTile.Tokens;

    /// <summary>Memory answers in about 100 ns, in which the values of a few pages are used up.</summary>
    private const int PagesAhead = 4;

    private readonly float** pages;
    private readonly long offset;
    private readonly bool pageIsPanel;

    private readonly bool far;

    private TileGrid(float** pages, long offset, bool pageIsPanel, bool far)
    {
        this.pages = pages;
        this.offset = offset;
        this.pageIsPanel = pageIsPanel;
        this.far = far;
    }

    /// <summary>Panel p is pages[p], [rows][16]. Whether it is <paramref name="far"/>, in memory rather than the cache.</summary>
    public static TileGrid OfKeys(float** pages, long offset, bool far = false) => new(pages, offset, true, far);

    /// <summary>Panel p is [16][16] in each page, of which each goes on with the rows.</summary>
    public static TileGrid OfValues(float** pages, long offset, bool far = false) => new(pages, offset, false, far);

    /// <summary>The rows of a panel, from its lane <paramref name="lane"/> on.</summary>
    public PanelRun Run(int panel, int lane = 0) =>
        pageIsPanel ? new PanelRun(pages[panel] + offset + lane, Tile) : new PanelRun(pages, offset + panel * Tile + lane);

    /// <summary>Floats from a panel to the one <paramref name="by"/> panels behind it.</summary>
    public long Distance(int panel, int by) => pageIsPanel ? pages[panel + by] - pages[panel] : by * Tile;

    /// <summary>
    /// What follows <paramref name="taken"/> panels from <paramref name="panel"/> on, of <paramref name="left"/>: the next panels, or of
    /// values the same ones some pages further.
    /// </summary>
    public TileAhead Ahead(int panel, int taken, int left)
    {
        if (!far)
            return default;
        if (!pageIsPanel)
            return new TileAhead(Run(panel), PagesAhead, Tile, 2 * Tile, 3 * Tile);
        // Fewer than as many again are left: the last ones, of which some are asked for twice.
        var p = panel + Math.Max(0, Math.Min(taken, left - taken));
        var end = panel + left - 1;
        return new TileAhead(Run(p), 0, Distance(p, Math.Min(1, end - p)), Distance(p, Math.Min(2, end - p)), Distance(p, Math.Min(3, end - p)));
    }
}
