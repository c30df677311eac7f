"""The look of the report on an assessment, on top of that of the report on a screening."""

ASSESSMENT_STYLE = """
.step-used{fill:var(--red);stroke:var(--red)}
.step-holds{fill:var(--ink);stroke:var(--ink)}
.step-invalid{fill:var(--paper);stroke:var(--soft);stroke-width:1.3}
.rung{stroke:var(--hair);stroke-width:1}
.interval{stroke:var(--red);stroke-width:3;stroke-opacity:.4}
svg .struck{text-decoration:line-through}
s{color:var(--faint);text-decoration-thickness:1px}
.events .by{min-width:11.5em}
.events .who{min-width:11em}
.events .file,.file{color:var(--soft);font-size:12px;overflow-wrap:anywhere}
.events td.doubt{max-width:17em}
.why{margin:28px 0 0;font-size:13px}
.why div{padding:7px 0;border-bottom:1px solid var(--hair)}
.why div:first-child{border-top:1px solid var(--hair)}
.why dt{font-weight:600}
.why dt .verdict{float:right;font-weight:400;color:var(--soft)}
.why .used .verdict{color:var(--red);font-weight:600}
.why .invalid dt>span:first-child{text-decoration:line-through;color:var(--soft);font-weight:400}
.why .silent dt{color:var(--soft);font-weight:400}
.why dd{margin:0;color:var(--soft)}
#unknown h3{margin-bottom:0}
p.help{margin:0 0 10px}
.unknown tbody th{font-weight:400}
.help{color:var(--soft)}
.case-files{font-size:13px;color:var(--soft);margin:10px 0 0;overflow-wrap:anywhere}
.history{display:grid;grid-template-columns:1fr 2fr;gap:8px 28px;margin:18px 0 0}
.history figcaption{font-size:13px;color:var(--soft);margin-bottom:6px}
.history figcaption b{color:var(--ink);font-weight:600;margin-right:.3em}
.history .plain{font-size:13px;margin:0}
.history td,.history tbody th{padding:4px 14px 4px 0;font-weight:400}
.reasons{list-style:none;margin:0;padding:0}
.reasons li{margin:0 0 8px}
.reasons b{font-weight:600}
@media screen and (max-width:900px){.history{grid-template-columns:1fr}}
@media screen and (max-width:640px){
  .events td.doubt{grid-column:2/-1;order:9;max-width:none}
  .events td.doubt:empty{display:none}
  .events td.by{grid-column:3/-1;order:2;min-width:0}
  .events td.max{grid-column:2;order:3}
  .events td.speed{order:5}
  .events td.tca{grid-column:2/4;order:6}
  .events td.tca br,.unknown td br{display:none}
  .unknown thead{display:none}
  .unknown tr{display:grid;grid-template-columns:1fr auto auto;gap:2px 16px;padding:10px 0;
    border-bottom:1px solid var(--hair)}
  .unknown td,.unknown tbody th{border:0;padding:0}
  .unknown tbody th,.unknown td:last-child{grid-column:1/-1}
  .unknown td:nth-child(3)::after{content:" km"}
  .unknown td:nth-child(4)::before{content:"messages: "}
}
@media print{
  @page{@bottom-left{content:"Assessment of conjunction data messages";
    font:8pt Helvetica,Arial,sans-serif;color:#666}}
}
"""
