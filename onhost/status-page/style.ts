/** One sheet in the page itself: it must not depend on anything that could be down. Contrasts are 4.5:1 and more, light and dark. */
export const style = `
:root{color-scheme:light dark;--paper:#fbfaf8;--ink:#1c2024;--soft:#5a626b;--line:#dcd8d0;--good:#17703f;--fair:#8a5a00;--bad:#b3261e;--none:#a9a49a}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#eceae6;--soft:#a5adb5;--line:#343a40;--good:#5fc48c;--fair:#e0a93f;--bad:#ff8a80;--none:#555c63}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:52rem;margin:0 auto;padding:2rem 1.25rem 3rem}
h1{font-size:clamp(1.6rem,5vw,2.4rem);line-height:1.2;margin:.2rem 0 .6rem;padding-left:.8rem;border-left:.4rem solid}
h2{font-size:1.1rem;margin:2.2rem 0 .5rem}
.site,p,.ends,.incidents span{color:var(--soft)}
p{margin:.3rem 0}
ul{list-style:none;margin:0;padding:0}
.parts li,.incidents li{display:flex;flex-wrap:wrap;gap:.2rem 1rem;justify-content:space-between;padding:.6rem 0;border-bottom:1px solid var(--line)}
.good{color:var(--good)}.fair{color:var(--fair)}.bad{color:var(--bad)}
.days{list-style:none;display:flex;gap:2px;height:2.6rem;margin:.6rem 0 .2rem;padding:0}
.days li{flex:1;min-width:0;border-radius:2px;background:currentColor}
.days .none{color:var(--none);background:repeating-linear-gradient(135deg,var(--none) 0 2px,transparent 2px 5px)}
.days .fair{height:80%;align-self:end}.days .bad{height:55%;align-self:end}
.days span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.ends{display:flex;justify-content:space-between;font-size:.85rem}
.old{display:none}.stale .old{display:inline}.stale p.old{display:block}.stale .fresh{display:none}
.stale h1{color:var(--fair)}.stale section{opacity:.75}
`
  .trim()
  .replaceAll("\n", "");
