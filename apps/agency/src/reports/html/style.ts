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
.remark { background: var(--panel); border-left: 4px solid var(--ink); padding: .6rem .8rem; }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 2px solid var(--a); outline-offset: 2px; } table { border-collapse: collapse; width: 100%; font-size: .9rem; } caption { text-align: left; padding: .25rem 0; } caption span { display: inline-block; left: 0; max-width: min(100%, calc(100vw - 3rem)); position: sticky; }
th, td { text-align: left; vertical-align: top; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--rule); white-space: nowrap; } thead th { vertical-align: bottom; } tbody th { font-weight: 500; } tbody th.long { min-width: 11rem; } small { color: var(--faint); display: block; font-size: .85em; font-weight: 400; line-height: 1.35; } .long { min-width: 8rem; overflow-wrap: anywhere; white-space: normal; } td.long:last-child { min-width: 14rem; } .number { text-align: right; font-variant-numeric: tabular-nums; }
td.good { color: var(--good); } td.bad { color: var(--bad); font-weight: 600; }
.sources { display: grid; gap: .35rem 1.5rem; grid-template-columns: max-content 1fr; } .sources dd { overflow-wrap: anywhere; }
.machine { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .5rem 1.5rem; } .machine h3 { grid-column: 1 / -1; margin-bottom: 0; } figure { margin: 0; min-width: 0; } .legend { font-size: .85rem; margin: .25rem 0 0; }
.chart { display: block; width: 100%; max-width: 44rem; height: auto; } .chart text { fill: var(--faint); font-size: 12px; } .chart .axis { fill: var(--ink); } .grid { stroke: var(--rule); }
.bar { fill: var(--good); } .bar.broken { fill: var(--bad); } .promise { stroke: var(--ink); stroke-dasharray: 4 4; } .mark { fill: var(--bad); } .hatch { stroke: var(--faint); stroke-width: 2; }
.line { fill: none; stroke-width: 2; } .p50 { stroke: var(--a); } .p95 { stroke: var(--b); } .p99 { stroke: var(--c); } .dot.p50 { fill: var(--a); } .dot.p95 { fill: var(--b); } .dot.p99 { fill: var(--c); }
.key { width: 1.75rem; height: .625rem; vertical-align: middle; } .legend span { display: inline-block; margin-right: 1rem; }
@media (max-width: 40rem) { body { padding: 1rem; } .chart text { font-size: 18px; } .sources { display: block; } .sources dd { margin-bottom: .5rem; } }
@page { margin: 14mm 12mm; }
@media print { :root { color-scheme: light; --ink: #000; --faint: #444; --paper: #fff; --panel: #fff; --rule: #999; --good: #0b6e4f; --bad: #b3261e; --a: #0b5cad; --b: #8a4b00; --c: #7a1fa2; } body { max-width: none; padding: 0; font-size: 10pt; } .chart text { font-size: 16px; } h2, h3 { break-after: avoid; } thead { display: table-header-group; } tr, figure, .machine, .sums li { break-inside: avoid; } .machine { grid-template-columns: 1fr 1fr; } .sums { grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); } .sums b { font-size: 12pt; } .scroll { overflow: visible; } table { font-size: 8pt; } th, td { padding-right: .6rem; } thead th { white-space: normal; } .long { min-width: 5rem; } tbody th.long { min-width: 7rem; } td.long:last-child { min-width: 9rem; } .legend { font-size: 8pt; } .sources { font-size: 9pt; } * { print-color-adjust: exact; } }
`.trim();
