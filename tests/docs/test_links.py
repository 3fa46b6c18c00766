"""Every relative link and every anchor in the documentation leads somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import console
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

HTML_ANCHOR = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")
ALL = [*console.pages(), console.ROOT / "CHANGELOG.md"]


def tokens(text: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        yield token
        yield from token.children or ()


def targets(text: str) -> list[str]:
    """What the page's links and pictures point at."""
    found = [token.attrGet("href") or token.attrGet("src") for token in tokens(text)]
    return [str(target) for target in found if target]


def slug(heading: str) -> str:
    """The anchor that code hosts give a heading: lower case, no punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(text: str) -> set[str]:
    found: dict[str, int] = {}
    names = set(HTML_ANCHOR.findall(text))
    inside = False
    for token in tokens(text):
        if token.type == "inline" and inside:
            words = "".join(
                part.content
                for part in token.children or ()
                if part.type in {"text", "code_inline"}
            )
            name = slug(words)
            found[name] = found.get(name, -1) + 1
            names.add(f"{name}-{found[name]}" if found[name] else name)
        inside = token.type == "heading_open" or (inside and token.type != "heading_close")
    return names


def problem(page: Path, target: str) -> str | None:
    link = urlsplit(target)
    if link.scheme or link.netloc:
        return None
    path = (page.parent / unquote(link.path)).resolve() if link.path else page
    if not path.exists():
        return f"{target}: no such file"
    if link.fragment and path.suffix == ".md":
        known = anchors(path.read_text(encoding="utf-8"))
        return None if unquote(link.fragment) in known else f"{target}: no such heading"
    return None


@pytest.mark.parametrize("page", ALL, ids=lambda page: str(page.relative_to(console.ROOT)))
def test_links_resolve(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [found for target in targets(text) if (found := problem(page, target))] == []


def test_every_page_is_reached_from_the_index() -> None:
    folder = console.ROOT / "docs"
    waiting, reached = [folder / "index.md"], set[Path]()
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        text = page.read_text(encoding="utf-8")
        links = (urlsplit(target) for target in targets(text))
        waiting += [(page.parent / link.path).resolve() for link in links if not link.scheme]
    missing = {str(page.relative_to(folder)) for page in set(folder.rglob("*.md")) - reached}
    assert missing == set()


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    text = "# One `x` & two\n\n[a](b.md) [c](#one-x--two) [d](#three) ![e](f.png) [g](https://h.example)\n"
    page.write_text(text, encoding="utf-8")
    found = [problem(page, target) for target in targets(text)]
    assert found == [
        "b.md: no such file",
        None,
        "#three: no such heading",
        "f.png: no such file",
        None,
    ]
