/** The style sheet of the report. Colours are named once, for light, for dark, and light again for paper. */

const LIGHT = `
  --paper: #ffffff; --panel: #f6f7f9; --ink: #1a202c; --muted: #596273; --rule: #e2e5ea; --strong-rule: #aeb5c0;
  --engine: #3654cf; --engine-soft: #8295e4; --native: #b3781c; --native-text: #87570d; --library: #8a93a3; --library-text: #4b5464;
  --peer: #4d8a7a; --peer-text: #2c6657; --bad: #a62b36;`;
const DARK = `
  --paper: #11151d; --panel: #191e29; --ink: #e7eaf0; --muted: #a3acbb; --rule: #2a313e; --strong-rule: #5b6576;
  --engine: #8098f7; --engine-soft: #5166bb; --native: #d3a04a; --native-text: #e2b768; --library: #788396; --library-text: #b9c1ce;
  --peer: #62a795; --peer-text: #86c9b8; --bad: #f0838c;`;

export const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif }
main { max-width: 888px; margin: 0 auto; padding: 56px 24px 96px }
h1, h2, h3 { line-height: 1.2; font-weight: 620; letter-spacing: -0.012em; text-wrap: balance; margin: 0 }
h1 { font-size: 34px; line-height: 1.14; letter-spacing: -0.022em; max-width: 20em }
h2 { font-size: 19px; margin-top: 40px }
h3 { font-size: 19px }
p, ol, ul { max-width: 42em; margin: 10px 0; text-wrap: pretty }
ol, ul { padding-left: 1.3em } li { margin: 5px 0 } li::marker { color: var(--muted) }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.88em; overflow-wrap: anywhere }
.nowrap { white-space: nowrap }
.kicker { margin: 0 0 18px; color: var(--muted); font-size: 14px; letter-spacing: 0.02em }
.lead { margin-top: 18px; color: var(--muted); font-size: 18px; line-height: 1.5; max-width: 38em }
.failed { color: var(--bad) }

.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 48px; margin-top: 44px; border-top: 1px solid var(--rule); font-size: 15px }
.columns h2 { margin-top: 26px }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 7px 20px; margin: 12px 0 0 }
.facts dt { grid-column: 1; color: var(--muted) } .facts dd { grid-column: 2; margin: 0; overflow-wrap: anywhere }

.choice { position: absolute; opacity: 0; pointer-events: none }
.tabs { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; gap: 4px; margin: 64px -8px 0; padding: 10px 8px; background: var(--paper); border-bottom: 1px solid var(--rule) }
.tabs label { padding: 6px 14px; border: 1px solid transparent; border-radius: 7px; color: var(--muted); font-size: 15px; cursor: pointer }
.tabs label:hover { color: var(--ink) }
.run > h2 { font-size: 27px; margin-top: 40px }
.closing { border-top: 1px solid var(--rule); margin-top: 72px }

.figure { margin-top: 52px; break-inside: avoid }
.figure > p { color: var(--muted); font-size: 15px; margin: 6px 0 0 }
figure { margin: 20px 0 0 } figure + figure { margin-top: 28px }
svg { display: block; width: 100%; height: auto; overflow: visible; font-family: inherit; font-size: 12.5px; font-variant-numeric: tabular-nums; fill: currentColor; text-anchor: middle }
svg text { white-space: pre; paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round }
tspan + tspan { font-size: 11.5px; font-weight: 400; fill: var(--muted) }
.narrow { display: none; max-width: 480px }
.wide .panels { display: flex } .panels > div { flex-basis: 0; margin-bottom: 26px }
.letters { font-size: 14px; padding-left: 1.6em } .letters li { margin: 2px 0 }

details { margin-top: 14px; font-size: 14px } summary { width: max-content; max-width: 100%; padding: 2px 0; color: var(--muted); cursor: pointer } summary:hover { color: var(--ink) }
:focus-visible, .choice:focus-visible ~ .tabs { outline: 2px solid var(--engine); outline-offset: 2px; border-radius: 3px }
.scroll { overflow-x: auto; margin: 12px 0 20px }
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.35; font-variant-numeric: tabular-nums }
caption { padding: 4px 0 8px; text-align: left; color: var(--muted) }
th, td { padding: 5px 0 5px 18px; text-align: right; font-weight: 400; white-space: nowrap; border-bottom: 1px solid var(--rule); vertical-align: baseline }
th:first-child { padding-left: 0; text-align: left } thead th { color: var(--muted); border-bottom-color: var(--strong-rule) }
tbody th[scope="row"] { white-space: normal; min-width: 9em } tr.engine th { color: var(--engine); font-weight: 620 } td small { color: var(--muted); font-size: 0.86em; margin-left: 6px }

@media (max-width: 680px) {
  main { padding: 32px 20px 64px } h1 { font-size: 28px } .lead { font-size: 16.5px } .columns { grid-template-columns: 1fr; margin-top: 32px }
  .wide { display: none } .narrow { display: block }
  .facts { grid-template-columns: 1fr; gap: 0 } .facts dt, .facts dd { grid-column: 1 } .facts dt { margin-top: 10px }
  td small { display: none }
  .tabs { margin-top: 44px } .tabs label { padding: 6px 10px } th, td { padding-left: 12px }
}

@media print {
  :root { color-scheme: light; ${LIGHT} }
  @page { size: A4; margin: 16mm 15mm }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  body { font-size: 10.5pt; line-height: 1.45 } main { max-width: none; padding: 0 }
  h1 { font-size: 23pt } h2 { font-size: 13pt; margin-top: 18pt; break-after: avoid } .run > h2 { font-size: 17pt; margin-top: 24pt } .columns { margin-top: 20pt; gap: 0 24pt; font-size: 9.5pt } h3 { font-size: 12pt; break-after: avoid } .lead { font-size: 11.5pt }
  .wide { display: block } .narrow, .tabs { display: none }
  .figure { margin-top: 20pt; break-inside: auto } figure { break-inside: avoid } .figure > p { max-width: none; break-after: avoid } .figure > p, .facts { font-size: 9.5pt } table { font-size: 8.5pt } th, td { padding-top: 2.5pt; padding-bottom: 2.5pt }
  .facts { grid-template-columns: max-content 1fr; gap: 3pt 12pt } .facts dt { grid-column: 1; margin: 0 } .facts dd { grid-column: 2 }
  details.all { display: none } .scroll { overflow: visible; break-inside: avoid }
  summary { display: none } details::details-content { display: block; content-visibility: visible; block-size: auto }
}
`;
