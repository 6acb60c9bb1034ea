namespace Attune.Reproductions;

/// <summary>What a reproduction's page adds to the report's style sheet; no quotes and no child combinators, as there.</summary>
internal static class PageStyle
{
    public const string Css = """

        :root { --c0: #0b62a8; --c1: #b5521b; --c2: #1f7a4d; --c3: #8a3ea8; --c4: #a8322a; --c5: #6b6a00; --c6: #0d7f8c; --c7: #5b6470; }
        @media (prefers-color-scheme: dark) { :root { --c0: #6cb6ff; --c1: #f2a56b; --c2: #7fd39a; --c3: #d4a0ee; --c4: #ff9c92; --c5: #d6d45f; --c6: #6fd6e0; --c7: #b3bcc6; } }
        .c0 { --c: var(--c0); --d: none; } .c1 { --c: var(--c1); --d: 7 3; } .c2 { --c: var(--c2); --d: 2 3; } .c3 { --c: var(--c3); --d: 9 3 2 3; }
        .c4 { --c: var(--c4); --d: 4 2; } .c5 { --c: var(--c5); --d: 1 2; } .c6 { --c: var(--c6); --d: 12 3; } .c7 { --c: var(--c7); --d: 5 2 1 2; }
        .again { --d: 14 4 2 4; }
        .chart .curve { stroke: var(--c); stroke-dasharray: var(--d); }
        .chart .error { stroke: var(--c); stroke-width: 1.3; opacity: .7; }
        .chart .band { fill: var(--c); opacity: .14; }
        .chart .dot circle { fill: var(--c); }
        .chart .dot.hidden circle { fill: transparent; }
        .axis-name { margin: .2rem 0 0; font-size: .82rem; color: var(--soft); }
        .legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: .4rem 0 0; padding: 0; list-style: none; font-size: .84rem; }
        .legend li { display: flex; align-items: center; gap: .4rem; }
        .legend .chart { width: 26px; height: 8px; margin: 0; flex: none; }
        .claims td { max-width: 34rem; }
        .verdict { font-weight: 600; white-space: nowrap; }
        .verdict.held { color: var(--good); }
        .verdict.not { color: var(--bad); }
        .verdict.none { color: var(--soft); }
        .values { margin: 0; padding: 0; list-style: none; }
        .shown { background: var(--card); border: 1px solid var(--rule); border-radius: 6px; font-size: .92rem; }
        .shown td { font-variant-numeric: tabular-nums; }
        .matrix tbody td { min-width: 3.6rem; }
        """;
}
