/** Colours have a contrast of at least 4.5 to 1 to what is behind them, by day and by night; on paper it is always day. */
export const style = `
:root { color-scheme: light dark; --ink: #1a1f24; --faint: #586069; --paper: #ffffff; --panel: #f3f5f7; --rule: #d0d7de; --good: #0b6e4f; --bad: #b3261e; --a: #0b5cad; --b: #8a4b00; --c: #7a1fa2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #9aa7b4; --paper: #0f1419; --panel: #1a2129; --rule: #3a444f; --good: #5ccfa0; --bad: #ff8f85; --a: #79b8ff; --b: #f0b060; --c: #d7a6f5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header { border-bottom: 2px solid var(--ink); padding-bottom: 1rem; } .kind { color: var(--faint); font-size: .8rem; letter-spacing: .08em; margin: 0; text-transform: uppercase; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .1rem 0 .75rem; } h2 { font-size: 1.2rem; margin: 2.25rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
.lead, .none, .legend, caption { color: var(--faint); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0; font-size: .9rem; } dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
.sums { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
.sums li { background: var(--panel); border: 1px solid var(--rule); border-radius: .4rem; padding: .6rem .8rem; } .sums b { display: block; font-size: 1.25rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; } caption { text-align: left; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--rule); white-space: nowrap; } th { vertical-align: bottom; } .long { min-width: 12rem; overflow-wrap: anywhere; white-space: normal; } .number { text-align: right; font-variant-numeric: tabular-nums; }
td.good { color: var(--good); } td.bad { color: var(--bad); font-weight: 600; }
.machine { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .5rem 1.5rem; } .machine h3 { grid-column: 1 / -1; margin-bottom: 0; } figure { margin: 0; min-width: 0; } .legend { font-size: .85rem; margin: .25rem 0 0; }
.chart { display: block; width: 100%; max-width: 44rem; height: auto; } .chart text { fill: var(--faint); font-size: 11px; } .grid { stroke: var(--rule); }
.bar { fill: var(--good); } .bar.broken { fill: var(--bad); } .promise { stroke: var(--ink); stroke-dasharray: 4 4; } .chart .note { fill: var(--ink); paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.line { fill: none; stroke-width: 2; } .p50 { stroke: var(--a); } .p95 { stroke: var(--b); } .p99 { stroke: var(--c); } .dot.p50 { fill: var(--a); } .dot.p95 { fill: var(--b); } .dot.p99 { fill: var(--c); }
.key { width: 1.75rem; height: .5rem; vertical-align: middle; } .legend span { margin-right: 1rem; white-space: nowrap; }
@media print { :root { color-scheme: light; --ink: #000; --faint: #444; --paper: #fff; --panel: #fff; --rule: #999; --good: #0b6e4f; --bad: #b3261e; --a: #0b5cad; --b: #8a4b00; --c: #7a1fa2; } body { max-width: none; padding: 0; font-size: 10pt; } h2, h3 { break-after: avoid; } thead { display: table-header-group; } tr, figure, .sums li { break-inside: avoid; } .scroll { overflow: visible; } th, td { white-space: normal; } * { print-color-adjust: exact; } }
`.trim();
