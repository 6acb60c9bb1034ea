namespace Attune.Evaluation.Reports;

/// <summary>
/// The report's style sheet. It has no character that HTML or XML escapes (so no child combinator and no quotes), since it passes
/// through the same escaping as all else. Colour is never the only signal: signs, words, fill or dashes say the same.
/// </summary>
internal static class ReportStyle
{
    public const string Css = """

        :root { color-scheme: light dark; --page: #fbfbf9; --card: #ffffff; --ink: #1b1f24; --soft: #59626d; --rule: #dcdfe3; --accent: #0b62a8; --tint: #e3eef8; --warm: #fff6df; --warm-rule: #d9a520; --good: #1a6b36; --bad: #a8322a; --ghost: #c3c8ce; --on-accent: #ffffff; }
        @media (prefers-color-scheme: dark) { :root { --page: #14171a; --card: #1c2025; --ink: #e8eaed; --soft: #a5aeb8; --rule: #363c43; --accent: #6cb6ff; --tint: #1f3347; --warm: #332b16; --warm-rule: #c9992a; --good: #7fd39a; --bad: #ff9c92; --ghost: #4b535c; --on-accent: #0c1116; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
        @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
        body { margin: 0 auto; padding: 1.25rem clamp(.9rem, 3vw, 2.5rem) 4rem; max-width: 1480px; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif; overflow-wrap: break-word; }
        h1 { font-size: clamp(1.6rem, 4vw, 2.3rem); line-height: 1.15; margin: 0; }
        h2 { font-size: 1.3rem; margin: 0 0 .4rem; }
        h3 { font-size: 1rem; margin: 1rem 0 .4rem; }
        section { margin-top: 2.6rem; scroll-margin-top: 3.2rem; }
        bdi { unicode-bidi: isolate; }
        .over { margin: 0; color: var(--soft); font-size: .85rem; letter-spacing: .04em; text-transform: uppercase; }
        .setting { margin: .35rem 0 1rem; color: var(--soft); overflow-wrap: anywhere; }
        .headline { background: var(--card); border: 1px solid var(--rule); border-left: 5px solid var(--accent); border-radius: 6px; padding: .9rem 1.1rem; max-width: 70rem; }
        .claim { margin: 0 0 .4rem; font-size: 1.12rem; }
        .note { margin: 0 0 .8rem; color: var(--soft); font-size: .9rem; max-width: 78ch; }
        .headline .note { margin: .5rem 0 0; }
        .warnings { background: var(--warm); border-left: 5px solid var(--warm-rule); border-radius: 6px; padding: .7rem 1.1rem; margin: 1rem 0; max-width: 70rem; }
        .warnings ul { margin: .3rem 0 0; padding-left: 1.2rem; }
        nav { position: sticky; top: 0; z-index: 2; display: flex; gap: .2rem 1.1rem; overflow-x: auto; margin-top: 1.2rem; padding: .6rem 0; background: var(--page); border-bottom: 1px solid var(--rule); scrollbar-width: none; }
        nav a { color: var(--accent); text-decoration: none; white-space: nowrap; font-size: .92rem; }
        nav a:hover, nav a:focus-visible { text-decoration: underline; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .38rem .6rem; text-align: left; vertical-align: top; }
        thead th { color: var(--soft); font-size: .8rem; font-weight: 600; vertical-align: bottom; border-bottom: 1px solid var(--rule); }
        tbody tr + tr th, tbody tr + tr td { border-top: 1px solid var(--rule); }
        tbody th { font-weight: 600; }
        .number { text-align: right; white-space: nowrap; }
        thead .number { white-space: normal; }
        .scroll, .wide { overflow-x: auto; max-width: 100%; }
        .results { width: 100%; background: var(--card); border: 1px solid var(--rule); border-radius: 6px; font-size: .92rem; }
        .results td, .results tbody th { vertical-align: middle; }
        .results tr.winner { background: var(--tint); }
        .results .rank { color: var(--soft); }
        .results .score { white-space: nowrap; text-align: right; }
        .results .score .bar { display: block; margin-left: auto; }
        .method bdi { overflow-wrap: anywhere; }
        .mark { display: inline-block; margin-left: .45rem; padding: 0 .45rem; border: 1px solid var(--ghost); border-radius: 1rem; font-size: .74rem; font-weight: 500; color: var(--soft); white-space: nowrap; }
        .mark.winner { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
        .p { display: block; color: var(--soft); font-size: .78rem; }
        .bar { width: 140px; height: 16px; }
        .bar .rail { stroke: var(--rule); stroke-width: 2; }
        .bar .baseline { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 2; }
        .bar .interval { stroke: var(--accent); stroke-width: 4; stroke-linecap: round; opacity: .55; }
        .bar circle { fill: var(--accent); }

        .grid { display: grid; gap: 1rem; }
        .grid.large { grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); }
        .grid.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); }
        .grid.matrices { grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); }
        figure { margin: 0; padding: .7rem .8rem; background: var(--card); border: 1px solid var(--rule); border-radius: 6px; min-width: 0; break-inside: avoid; }
        figcaption { font-size: .86rem; color: var(--soft); margin-bottom: .3rem; overflow-wrap: anywhere; }
        figcaption strong { color: var(--ink); }
        .chart { display: block; width: 100%; height: auto; max-width: 520px; margin: 0 auto; font-size: 11px; }
        .chart text { fill: var(--soft); unicode-bidi: isolate; }
        .chart .name { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
        .chart .middle { text-anchor: middle; }
        .chart .end { text-anchor: end; }
        .chart .grid { stroke: var(--rule); stroke-width: 1; }
        .chart .axis { stroke: var(--soft); stroke-width: 1; }
        .chart .error { stroke: var(--ghost); stroke-width: 1.5; }
        .chart .front, .chart .curve { fill: none; stroke: var(--accent); stroke-width: 1.8; }
        .chart polyline.front { stroke-dasharray: 5 4; opacity: .8; }
        .chart .ghost { fill: none; stroke: var(--ghost); stroke-width: 1.2; }
        .chart .baseline, .chart .diagonal { fill: none; stroke: var(--soft); stroke-width: 1.2; stroke-dasharray: 4 3; }
        .chart .band { fill: var(--accent); opacity: .17; }
        .chart .point circle { fill: var(--card); stroke: var(--soft); stroke-width: 1.4; }
        .chart .point .inside { font-size: 9px; font-weight: 600; fill: var(--soft); }
        .chart .point.front circle { fill: var(--accent); stroke: var(--accent); }
        .chart .point.front .inside { fill: var(--on-accent); stroke: none; }
        .chart .share { fill: var(--accent); opacity: .38; }
        .chart .count { fill: var(--ink); opacity: .62; }
        .key { columns: 15rem; margin: .8rem 0 0; padding-left: 2rem; font-size: .86rem; color: var(--soft); }
        .key li { break-inside: avoid; }

        .matrix { font-size: .84rem; margin: 0 auto; }
        .matrix th, .matrix td { padding: .3rem .5rem; border: 0; }
        .matrix tbody tr + tr th, .matrix tbody tr + tr td { border: 0; }
        .matrix tbody th { text-align: right; max-width: 9rem; }
        .matrix .top { border: 0; text-align: center; max-width: 7rem; font-size: .84rem; }
        .matrix .corner { color: var(--soft); font-size: .72rem; text-align: right; vertical-align: bottom; }
        .matrix tbody td { text-align: center; min-width: 3.2rem; background: color-mix(in srgb, var(--accent) var(--s), var(--card)); box-shadow: inset 0 0 0 1px var(--card); }
        .matrix td.right { box-shadow: inset 0 0 0 1.5px var(--ink); }

        .examples { padding-left: 0; list-style: none; display: grid; gap: .9rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 430px), 1fr)); }
        .examples li { background: var(--card); border: 1px solid var(--rule); border-radius: 6px; padding: .7rem .9rem; break-inside: avoid; min-width: 0; }
        .where { margin: 0; font-size: .86rem; color: var(--soft); }
        .where strong { color: var(--ink); }
        blockquote { margin: .4rem 0 .6rem; padding-left: .7rem; border-left: 3px solid var(--ghost); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 18rem; overflow-y: auto; }
        .answers { display: block; margin: 0; }
        .answers dt { font-weight: 600; font-size: .88rem; color: var(--ink); }
        .answers dd { margin: .1rem 0 .45rem; }
        .answers .good { color: var(--good); }
        .answers .bad { color: var(--bad); }
        .answer { display: inline-block; margin: 0 .25rem .2rem 0; padding: 0 .5rem; border: 1px solid var(--rule); border-radius: 1rem; font-size: .82rem; max-width: 100%; overflow-wrap: anywhere; }

        details { margin: .5rem 0; border: 1px solid var(--rule); border-radius: 6px; background: var(--card); padding: 0 .9rem; }
        summary { cursor: pointer; padding: .55rem 0; overflow-wrap: anywhere; }
        details[open] { padding-bottom: .8rem; }
        pre { margin: 0; padding: .7rem .8rem; max-height: 34rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--page); border: 1px solid var(--rule); border-radius: 4px; font: .84rem/1.45 ui-monospace, Cascadia Mono, Menlo, Consolas, monospace; }
        pre bdi { unicode-bidi: plaintext; }
        pre::after { content: attr(data-end); color: var(--accent); }
        dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .2rem 1.2rem; margin: .3rem 0 1rem; }
        dt { color: var(--soft); }
        dd { margin: 0; min-width: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
        .answers dd { white-space: normal; }
        .plain { font-size: .88rem; }

        @media (max-width: 1180px) {
          .results thead { display: none; }
          .results, .results tbody { display: block; background: none; border: 0; }
          .results tbody { display: grid; gap: .7rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); }
          .results tr { display: grid; grid-template-columns: repeat(3, 1fr); gap: .3rem .6rem; align-content: start; padding: .7rem .8rem; background: var(--card); border: 1px solid var(--rule); border-radius: 6px; break-inside: avoid; }
          .results tbody tr th.method, .results tbody tr td, .results tbody tr td.score { display: block; padding: 0; border: 0; text-align: left; white-space: normal; }
          .results tbody tr .rank { grid-column: 1 / -1; position: relative; height: 0; text-align: right; }
          .results tbody tr .method { grid-column: 1 / -1; padding-right: 2rem; font-size: 1.02rem; }
          .results tbody tr .score, .results tbody tr .difference { grid-column: 1 / -1; }
          .results td[data-label]::before { content: attr(data-label); display: block; color: var(--soft); font-size: .74rem; unicode-bidi: isolate; }
          .results tbody tr .shots { grid-column: 1 / -1; }
          .results .shots[data-label]::before { display: inline; margin-right: .35rem; }
          .results .score .bar { width: 100%; max-width: 320px; height: auto; margin: .1rem 0; }
          .p { display: inline; margin-left: .5rem; }
        }
        @media (max-width: 560px) {
          dl { grid-template-columns: 1fr; gap: 0; }
          dd { margin-bottom: .5rem; }
          section { margin-top: 2rem; }
        }
        @media print {
          :root { color-scheme: light; --page: #fff; --card: #fff; --ink: #000; --soft: #444; --rule: #bbb; --accent: #0b4f8a; --tint: #eef; --warm: #fff; --good: #064; --bad: #800; --ghost: #999; --on-accent: #fff; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          nav { display: none; }
          pre, blockquote { max-height: none; overflow: visible; }
          .scroll, .wide { overflow: visible; }
          details::details-content { content-visibility: visible; display: block; height: auto; }
        }
        """;
}
