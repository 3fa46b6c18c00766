"""How pictures look, on light and on dark paper. What is not covered is also dashed: colour alone tells not everybody."""

NAME, DETAIL, LABEL, BADGE = 13.0, 11.0, 11.0, 10.0
"""Sizes of letters, in pixels."""

STYLE = """
text{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#1f2933}
.paper{fill:#fff}
.title{font-size:13px;font-weight:bold}
.name{font-size:13px;font-weight:bold}
.detail{font-size:11px;fill:#52606d}
.label{font-size:11px;fill:#3e4c59}
.badge{font-size:10px}
.halo{fill:#fff}
.box{fill:#f5f7fa;stroke:#52606d;stroke-width:1.3}
.switch{fill:#fff7e0}
.people{fill:#f3ebff}
.waits{fill:#e6f4ff}
.loop{fill:#fbfcfd;stroke-dasharray:6 3}
.end{fill:#eef2f6;stroke:#52606d;stroke-width:1.3}
.rim{fill:none;stroke:#52606d;stroke-width:.8}
.arrow{fill:none;stroke:#7b8794;stroke-width:1.3}
.tip{fill:#7b8794}
.read{stroke-dasharray:2 3}
.box.full,.end.full,.rim.full,.arrow.full{stroke:#1a7f37}
.box.full,.end.full{fill:#e3f7e8}
.tip.full,text.full{fill:#1a7f37}
.box.part,.end.part,.rim.part,.arrow.part{stroke:#9a6700;stroke-width:1.8}
.box.part,.end.part{fill:#fff3cf}
.tip.part,text.part{fill:#9a6700}
.box.none,.end.none,.rim.none,.arrow.none{stroke:#cf222e;stroke-width:1.8;stroke-dasharray:5 3}
.box.none,.end.none{fill:#ffebe9}
.tip.none,text.none{fill:#cf222e}
@media (prefers-color-scheme:dark){
text{fill:#e4e7eb}.paper,.halo{fill:#161b22}.detail{fill:#9aa5b1}.label{fill:#cbd2d9}
.box,.end{fill:#21262d;stroke:#9aa5b1}.switch{fill:#332b14}.people{fill:#2c2240}.waits{fill:#15293d}.loop{fill:#1b2027}
.rim,.arrow{stroke:#7b8794}
.box.full,.end.full{fill:#12361d}.box.part,.end.part{fill:#3a2d0c}.box.none,.end.none{fill:#431a1c}
.box.full,.end.full,.rim.full,.arrow.full{stroke:#3fb950}.tip.full,text.full{fill:#3fb950}
.box.part,.end.part,.rim.part,.arrow.part{stroke:#d29922}.tip.part,text.part{fill:#d29922}
.box.none,.end.none,.rim.none,.arrow.none{stroke:#f85149}.tip.none,text.none{fill:#f85149}
}
"""
