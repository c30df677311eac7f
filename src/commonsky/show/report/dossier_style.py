"""The look of a dossier, on top of that of the report on a screening."""

DOSSIER_STYLE = """
.summary{padding-left:1.2em;font-size:17px;max-width:70ch;margin:0}
.summary li{margin:0 0 6px}
.seen td{line-height:1.4}
.rule{border-top:1px solid var(--ink);padding:14px 0 22px;break-inside:avoid}
.rule h3{margin:0 0 10px;font-size:17px}
.threefold{display:grid;grid-template-columns:1fr 1fr 1fr;gap:0 32px}
.threefold h4{margin:0 0 4px;font-size:13px;font-weight:600;color:var(--soft)}
.threefold ul{margin:0 0 8px;padding-left:1.1em;font-size:14px}
.threefold p{font-size:14px}
.cannot{font-weight:600;border-left:4px solid var(--faint);padding-left:10px}
.chance{font-size:22px;font-weight:600;letter-spacing:-.01em;margin-right:.25em}
.chance-bar{max-width:300px;margin:0 0 6px}
.chance-bar svg{display:block;width:100%;height:auto}
td .chance-bar{width:220px;margin:0}
.between{fill:var(--one);fill-opacity:.16}
.cite{font-size:12px;color:var(--soft);overflow-wrap:anywhere;margin:0 0 4px}
@media screen and (max-width:900px){.threefold{grid-template-columns:1fr;gap:10px}}
@media print{
  @page{@bottom-left{content:"Dossier";font:8pt Helvetica,Arial,sans-serif;color:#666}}
}
"""
