"""The look of the report: quiet, exact, the same in light, dark and print."""

STYLE = """
:root{--paper:#fdfdfb;--raised:#fff;--ink:#18202b;--soft:#5b6674;--faint:#8a94a1;--hair:#e4e7ea;
  --axis:#9aa3ae;--one:#18202b;--two:#0b63a5;--cloud:#0b63a5;--red:#b3381a;--amber:#946000;
  --met:#4a5562;--bar:#4f7396;--t1:#1f5f99;--t2:#d08a1d;--t3:#98a2ad;
  --t0:#cfd5db;--warn-paper:#fdf3dc;--warn-ink:#6b4600;--warn-line:#e3b85c;--cloud-fill:.07}
@media (prefers-color-scheme:dark){
  :root{--paper:#10141a;--raised:#161b23;--ink:#e7eaee;--soft:#a0a9b5;--faint:#78828f;
    --hair:#262d37;--axis:#586371;--one:#e7eaee;--two:#7db8ec;--cloud:#7db8ec;--red:#f58b6a;
    --amber:#e0ad54;--met:#a9b3bf;--bar:#7f9fbe;--t1:#5c9fd8;--t2:#e0a848;
    --t3:#77828f;--t0:#465160;--warn-paper:#2b2413;--warn-ink:#f0cf8a;--warn-line:#7d6224;
    --cloud-fill:.1}
}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 "Segoe UI",-apple-system,
  "Helvetica Neue",Helvetica,Arial,sans-serif;font-variant-numeric:tabular-nums lining-nums;
  overflow-wrap:break-word}
main{max-width:1128px;margin:0 auto;padding:0 24px 72px}
a{color:inherit;text-decoration-color:var(--faint);text-underline-offset:3px}
a:focus-visible{outline:2px solid var(--two);outline-offset:2px}
h1{font-size:40px;line-height:1.12;letter-spacing:-.022em;font-weight:600;margin:6px 0 12px}
h2{font-size:21px;letter-spacing:-.01em;font-weight:600;margin:0 0 16px}
h3{font-size:16px;font-weight:600;margin:28px 0 6px}
p{margin:0 0 10px}
sup{font-size:.72em;line-height:0;vertical-align:.42em}
code{font:12px/1.4 ui-monospace,"SF Mono",Consolas,"Liberation Mono",monospace;
  overflow-wrap:anywhere}
.quiet,p.note{color:var(--soft)}
p.note{font-size:13px}
.defs{position:absolute}
.banner{margin:0;padding:9px 24px;background:var(--warn-paper);color:var(--warn-ink);
  border-bottom:1px solid var(--warn-line);text-align:center;font-size:14px}
.banner b{margin-right:.8em}
.alarm{border-left:4px solid var(--red);padding:8px 14px;margin-top:16px;
  background:var(--raised)}
.top{padding:44px 0 8px;max-width:820px}
.eyebrow{color:var(--soft);font-size:14px;margin:0}
.lede{font-size:17px;color:var(--soft);max-width:64ch}
.lede b{color:var(--ink);font-weight:600}
.lead{display:grid;grid-template-columns:5fr 7fr;border-top:1px solid var(--ink);
  margin-top:28px}
.lead section{padding:18px 32px 10px 0}
.lead section+section{border-left:1px solid var(--hair);padding:18px 0 10px 32px}
.lead h2{font-size:14px;font-weight:600;letter-spacing:0;color:var(--soft);margin:0 0 2px}
.big{font-size:34px;line-height:1.2;letter-spacing:-.02em;font-weight:600;margin:0 0 8px}
.big .pc{font-size:17px;font-weight:400;letter-spacing:0;color:var(--soft);margin-left:.5em;
  white-space:nowrap}
.missed svg{display:block;width:100%;max-width:400px;height:auto;margin:14px 0 6px}
.tally{list-style:none;display:flex;flex-wrap:wrap;gap:10px 36px;padding:14px 0;margin:10px 0 0;
  border-top:1px solid var(--hair);border-bottom:1px solid var(--hair)}
.tally b{font-size:18px;font-weight:600;margin:0 .25em 0 .1em}
.tally span{color:var(--soft)}
.reason{vertical-align:top}
.sym{width:14px;height:14px;vertical-align:-2px;margin-right:6px;overflow:visible}
main>section{margin-top:56px}
figure{margin:0}
figure>svg{display:block;width:100%;height:auto}
.wide{margin:0 0 24px}
.wide figcaption{color:var(--soft);font-size:14px}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 20px;padding:0;margin:6px 0 0;
  color:var(--soft);font-size:14px}
.swatch{display:inline-block;width:11px;height:11px;margin-right:6px;vertical-align:-1px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
caption{text-align:left;color:var(--soft);padding:0 0 8px;font-size:14px}
th{font-weight:600;text-align:left}
thead th{color:var(--soft);font-size:13px;border-bottom:1px solid var(--ink);
  padding:0 14px 6px 0;vertical-align:bottom;white-space:nowrap}
thead i{font-style:normal;font-weight:400}
td,tbody th{padding:7px 14px 7px 0;border-bottom:1px solid var(--hair);vertical-align:top}
th:last-child,td:last-child{padding-right:0}
.num{text-align:right;white-space:nowrap}
.pc,.tca{white-space:nowrap}
.events td{line-height:1.4}
.events .ric{color:var(--soft)}
.events .rank{color:var(--soft);text-align:right;width:2.2em}
.events .rank a{color:var(--ink);font-weight:600}
.main{font-weight:600}
.reason{font-weight:400;white-space:normal;display:inline-block;max-width:16em}
.name{unicode-bidi:isolate}
.id{color:var(--soft);font-size:.9em;font-weight:400}
.tag{display:inline-block;font-size:12px;line-height:1.5;padding:0 6px;
  border:1px solid var(--hair);border-radius:3px;color:var(--soft);margin:0 4px 3px 0;
  white-space:nowrap;font-weight:400}
.tag.dilute{border-color:var(--warn-line);color:var(--amber)}
.case{border-top:1px solid var(--ink);padding:16px 0 36px;break-inside:avoid}
.case header{display:grid;grid-template-columns:1fr auto;gap:0 24px;align-items:start}
.case-rank{color:var(--soft);margin-right:.5em}
.case h3{font-size:20px;line-height:1.3;letter-spacing:-.01em;margin:0 0 2px}
.case h3 .and{font-weight:400;color:var(--soft)}
.case-when{margin:0}
.case-when .quiet{margin:0 .8em 0 .4em}
.case-pc{text-align:right;margin:0}
.case-pc b{display:block;font-size:24px;line-height:1.2;font-weight:600;white-space:nowrap}
.case-pc span{color:var(--soft)}
.case-pc.sev3 b{color:var(--red)}
.case-pc.sev2 b{color:var(--amber)}
.case-say{margin:10px 0 18px;max-width:80ch}
.figures{display:grid;grid-template-columns:repeat(3,1fr);gap:20px 28px;margin:0 0 12px}
.figures figcaption{font-size:13px;color:var(--soft);margin-bottom:6px}
.figures figcaption b{color:var(--ink);font-weight:600;margin-right:.3em}
.numbers{display:grid;grid-template-columns:4fr 4fr 6fr 5fr;gap:0 28px;font-size:13px}
.numbers dl{margin:0;border-top:1px solid var(--hair)}
.numbers dl div{display:flex;justify-content:space-between;gap:10px;
  border-bottom:1px solid var(--hair);padding:4px 0}
.numbers dt{color:var(--soft);white-space:nowrap}
.numbers dd{margin:0;text-align:right;overflow-wrap:anywhere}
.plain{margin-bottom:28px}
.plain .none{color:var(--soft)}
.plain .none th{font-weight:400}
.params{max-width:720px}
.params td,.params tbody th{padding-top:4px;padding-bottom:4px}
.regimes{max-width:860px}
.params th{width:14em;font-weight:400;color:var(--soft)}
.method{columns:2;column-gap:40px;font-size:14px;color:var(--soft)}
.method h3{margin-top:0;color:var(--ink);column-span:all}
.method b{color:var(--ink)}
svg text{font:12px "Segoe UI",-apple-system,"Helvetica Neue",Helvetica,Arial,sans-serif;
  fill:var(--soft);font-variant-numeric:tabular-nums}
figure svg text{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-opacity:.85;
  stroke-linejoin:round}
svg .sup{font-size:8.5px}
svg .tick{fill:var(--soft)}
svg .strong,svg .value{fill:var(--ink)}
svg .figure{font-size:20px;font-weight:600;fill:var(--ink)}
svg .rank{fill:var(--ink);font-weight:600}
path,line{fill:none}
.hair{fill:none;stroke:var(--hair);stroke-width:1}
.strong-hair{stroke:var(--axis);stroke-dasharray:2 3}
.axis{stroke:var(--axis);stroke-width:1}
.cloud{fill:var(--cloud);fill-opacity:var(--cloud-fill);stroke:var(--cloud);stroke-width:.8;
  stroke-opacity:.75}
.s3{stroke-opacity:.4}
.s1{stroke-opacity:1}
.principal{stroke:var(--cloud);stroke-width:.7;stroke-dasharray:1 3;stroke-opacity:.9}
.cross{stroke:var(--one);stroke-width:1}
.body{fill:var(--red);fill-opacity:.25;stroke:var(--red);stroke-width:1}
.miss{stroke:var(--red);stroke-width:1.2}
.miss-fill{fill:var(--red)}
svg .miss-name{fill:var(--red);font-weight:600}
.lens{stroke:var(--axis);fill:none;stroke-width:.8}
.leader{stroke:var(--axis);stroke-width:.6;stroke-dasharray:2 2}
.glass{fill:var(--paper)}
.scale{stroke:var(--ink);stroke-width:1}
svg .one-name{fill:var(--one);font-weight:600}
svg .two-name{fill:var(--two);font-weight:600}
.one{stroke:var(--one);stroke-width:1.4}
.one-fill{fill:var(--one)}
.two{stroke:var(--two);stroke-width:1.4}
.two-fill{fill:var(--two)}
.dot{fill:var(--red)}
.bar{fill:var(--bar)}
.met{fill:var(--met)}
.curve{stroke:var(--ink);stroke-width:1.6;stroke-linejoin:round}
.edge{stroke:var(--amber);stroke-width:.8}
.diluted{fill:url(#hatch)}
.hatch-line{stroke:var(--amber);stroke-width:1;stroke-opacity:.28}
svg .diluted-name{fill:var(--amber)}
.now{fill:var(--red)}
.peak{fill:var(--paper);stroke:var(--ink);stroke-width:1.2}
.t1{fill:var(--t1)}
.t2{fill:var(--t2)}
.t3{fill:var(--t3)}
.t0{fill:var(--t0)}
.seen{stroke:var(--two);stroke-width:1.6}
.unseen{stroke:var(--red);stroke-width:1.6}
.swatch.t1{background:var(--t1)}
.swatch.t2{background:var(--t2)}
.swatch.t3{background:var(--t3)}
.swatch.t0{background:var(--t0)}
.swatch.met{background:var(--met)}
.sev3{fill:var(--red)}
.sev2{fill:var(--amber)}
.sev1{fill:var(--faint)}
.sev0{fill:var(--paper);stroke:var(--soft);stroke-width:1.1}
@media screen and (max-width:900px){
  .figures{grid-template-columns:repeat(2,1fr)}
  .numbers{grid-template-columns:1fr 1fr}
  .numbers dl{margin-bottom:8px}
  .lead{grid-template-columns:1fr}
  .lead section+section{border-left:0;border-top:1px solid var(--hair);padding-left:0}
  .method{columns:1}
}
@media screen and (max-width:640px){
  .wide{overflow-x:auto}
  .wide>svg{width:860px}
  main{padding:0 16px 48px}
  h1{font-size:30px}
  .top{padding-top:28px}
  .figures{grid-template-columns:1fr}
  .case header{grid-template-columns:1fr}
  .case-pc{text-align:left;margin-top:6px}
  .case-pc b{display:inline;margin-right:.5em}
  .numbers{grid-template-columns:1fr}
  .events thead{display:none}
  .events tr{display:grid;grid-template-columns:2em 1fr 1fr 1fr;gap:4px 12px;padding:14px 0;
    border-bottom:1px solid var(--hair)}
  .events td{border:0;padding:0;text-align:left}
  .events td[data-name]::before{content:attr(data-name);display:block;font-size:12px;
    color:var(--soft);font-weight:400}
  .events td{grid-column:auto}
  .events td.rank{order:0;text-align:left;font-size:17px}
  .events td.who{order:1;grid-column:2/-1}
  .events td.main{order:2;grid-column:2}
  .events td.max{order:3}
  .events td.miss{order:4}
  .events td.tca{order:5;grid-column:2;white-space:normal}
  .events td.speed{order:6}
  .events td.age{order:7}
  .events td.ric{order:8}
  .events td.flag{order:9;grid-column:2/-1}
  .events td.plainly{display:none}
  .events td.r{grid-column:2}
  .params th{width:auto}
}
@media print{
  :root{--paper:#fff;--raised:#fff}
  body{font-size:10.5pt}
  main{max-width:none;padding:0}
  *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
  .scroll{overflow:visible}
  .events{font-size:9pt}
  main>section{margin-top:30px}
  .top{padding-top:18px}
  .case{padding-bottom:8px}
  .lead{margin-top:14px}
  figure,.tally{break-inside:avoid}
  h2{break-after:avoid-page}
  section{break-inside:auto}
  h2,h3{break-after:avoid}
  tr{break-inside:avoid}
  @page{size:A4 landscape;margin:12mm 13mm 15mm;
    @bottom-left{content:"Screening grade: estimated covariances, not for manoeuvre decisions";
      font:8pt Helvetica,Arial,sans-serif;color:#666}
    @bottom-right{content:counter(page) " / " counter(pages);font:8pt Helvetica,Arial,
      sans-serif;color:#666}
  }
}
"""
