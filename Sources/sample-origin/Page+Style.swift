extension Page {
    static let style = """
        :root{--ink:#1b1f24;--soft:#5b6673;--paper:#f6f4ef;--card:#fff;--line:#ddd8cc;--accent:#0b6e5f;--glow:#0b6e5f22}
        @media(prefers-color-scheme:dark){:root{--ink:#e9e6df;--soft:#9aa3ad;--paper:#14171b;--card:#1c2127;--line:#2d343c;--accent:#5ed0b8;--glow:#5ed0b822}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        header,main,footer{max-width:62rem;margin:auto;padding:1.25rem}
        header{padding-top:3rem}
        h1{font-size:clamp(2rem,6vw,3.4rem);line-height:1.1;margin:.4em 0 .2em;letter-spacing:-.02em}
        h2{font-size:1.05rem;margin:0 0 .8rem}
        small{font-weight:400;color:var(--soft);margin-left:.4em}
        code,pre,output{font-family:ui-monospace,monospace;font-size:.9em}
        .path{display:flex;align-items:center;gap:.6rem;color:var(--soft);font-size:.85rem;margin:0}
        .path span{border:1px solid var(--line);border-radius:99px;padding:.15rem .7rem;background:var(--card);white-space:nowrap}
        .path .here{border-color:var(--accent);color:var(--accent)}
        .path i{flex:1;max-width:6rem;height:2px;background:linear-gradient(90deg,var(--accent) 40%,transparent 0) 0/12px;animation:flow 1s linear infinite}
        .path .sealed{height:6px;border-radius:3px;box-shadow:0 0 0 3px var(--glow)}
        @keyframes flow{to{background-position:12px}}
        @media(prefers-reduced-motion:reduce){.path i{animation:none}}
        main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1rem}
        section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.1rem 1.2rem;min-width:0}
        .wide{grid-column:1/-1}
        .big{display:block;font-size:2.6rem;font-variant-numeric:tabular-nums;letter-spacing:-.02em}
        .note,footer{color:var(--soft);font-size:.88rem;overflow-wrap:anywhere}
        .row,form{display:flex;gap:.5rem;flex-wrap:wrap;margin:0}
        button,input{font:inherit;border-radius:9px;border:1px solid var(--line);padding:.45rem .8rem;background:var(--paper);color:inherit;max-width:100%}
        button{background:var(--accent);border-color:transparent;color:var(--card);cursor:pointer}
        button:disabled{opacity:.5}
        :focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        form input{flex:1;min-width:0}
        progress{width:100%;margin-top:.9rem;accent-color:var(--accent)}
        ol{list-style:none;margin:0 0 .8rem;padding:0;height:7.5rem;overflow:auto;font-size:.9rem}
        li.out{color:var(--soft)}
        li.in::before{content:"\\21A9\\00A0";color:var(--accent)}
        pre{margin:0;overflow:auto;max-height:18rem}
        """
}
