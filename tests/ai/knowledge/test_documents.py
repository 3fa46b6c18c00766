"""Each form of document gives its text with the places that a source is told by."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_pdf import small_pdf

from auterity_sdk.ai.knowledge.documents.reading import ENDINGS, LARGEST, read_document
from auterity_sdk.ai.knowledge.documents.section import Section, Unreadable

ROOT = Path(__file__).parents[3]
DOCUMENTS = ROOT / "examples" / "knowledge" / "documents"


def read(name: str, text: str) -> list[Section]:
    return list(read_document(name, text.encode()))


def told(sections: list[Section]) -> list[tuple[tuple[str, ...], str]]:
    return [(each.place.headings, " ".join(filter(None, each.lines))) for each in sections]


MARKDOWN = """---
title: not read
---
Before any heading.

# Service *menu*

Prices with [tax](https://example.com/tax).

## Oil `change` ##

It is **$79.95**.
```sh
# no heading
```

Tires
-----
Rotation.
# Hours
Open.
"""


def test_markdown_has_a_section_for_each_heading() -> None:
    sections = read("a.md", MARKDOWN)
    assert told(sections) == [
        ((), "Before any heading."),
        (("Service *menu*",), "Prices with tax."),
        (("Service *menu*", "Oil change"), "It is $79.95. ```sh # no heading ```"),
        (("Service *menu*", "Tires"), "Rotation."),
        (("Hours",), "Open."),
    ]
    lines = MARKDOWN.split("\n")
    assert [lines[each.place.first_line - 1] for each in sections[-2:]] == ["Rotation.", "Open."]


HTML = """<!doctype html><html><head><title>No</title><style>p { color: red }</style></head>
<body><nav><ul><li>Menu</li></ul></nav>
<p>Hello &amp; wel&shy;come,
friend<br>of ours</p>
<h1>Hours</h1><h2>Sales <em>floor</em></h2>
<script>var price = "<p>1</p>";</script>
<table><tr><th>Day</th><th>Open</th></tr><tr><td>Mon</td><td>9:00</td></tr></table>
<h2>Service</h2><div>From 7:00<p>to 18:00</div>
<svg><text>drawn</text></svg></body></html>"""


def test_html_gives_what_is_seen() -> None:
    sections = read("a.html", HTML)
    assert told(sections) == [
        ((), "Hello & welcome, friend of ours"),
        (("Hours", "Sales floor"), "Day, Open Mon, 9:00"),
        (("Hours", "Service"), "From 7:00 to 18:00"),
    ]
    assert [each.place.first_line for each in sections] == [1, 5, 8]


def test_a_row_of_a_table_has_the_names_of_its_columns() -> None:
    text = '\ufeffStock;Price;Note\r\nU1;20995;"one; owner"\r\n\r\nU2;#N/A;\r\nU3;1;2;3\r\n'
    sections = read("a.csv", text)
    assert [(each.place.row, each.lines) for each in sections] == [
        (2, ("Stock: U1", "Price: 20995", "Note: one; owner")),
        (4, ("Stock: U2",)),
        (5, ("Stock: U3", "Price: 1", "Note: 2", "3")),
    ]
    assert read("a.csv", "") == [] == read("a.csv", "Stock,Price\n")


def test_plain_text_has_a_section_for_each_paragraph() -> None:
    sections = read("a.txt", "One\r\ntwo\r\n\r\n\r\nThree\n")
    assert [(each.place.first_line, each.lines) for each in sections] == [
        (1, ("One", "two")),
        (5, ("Three",)),
    ]


def test_a_pdf_has_a_section_for_each_page_with_text() -> None:
    content = small_pdf([["Lease (end)", "costs $300"], [], ["Page three: \u00e9"]])
    sections = read_document("a.PDF", content)
    assert [(each.place.page, " ".join(each.lines).strip()) for each in sections] == [
        (1, "Lease (end) costs $300"),
        (3, "Page three: \u00e9"),
    ]


def test_what_windows_wrote_is_read() -> None:
    assert read_document("a.txt", "caf\u00e9 \u201copen\u201d".encode("cp1252"))[0].lines == ("caf\u00e9 \u201copen\u201d",)  # fmt: skip
    assert read_document("a.txt", "caf\u00e9".encode("utf-16"))[0].lines == ("caf\u00e9",)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.docx", b"", "its form is not known"),
        ("a.txt", b"a\0b", "it is no text"),
        ("a.txt", b"\xff\xfe\x00\xd8", "its letters are in no encoding"),
        ("a.md", b" " * (LARGEST + 1), "it is larger than 50 MB"),
        ("a.pdf", b"%PDF-1.4 broken", "it is no PDF that can be read"),
        ("a.pdf", small_pdf([[]]), "it has no text; was it scanned"),
        ("a.csv", ("x," * 600).encode() + b"\n1", "it has more than 500 columns"),
        ("a.csv", b'a,b\n"' + b"x" * 200_000 + b'"', "it is no CSV"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, content: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_document(name, content)


def test_an_encrypted_pdf_says_so() -> None:
    from io import BytesIO

    import pypdf

    writer = pypdf.PdfWriter(clone_from=BytesIO(small_pdf([["secret"]])))
    writer.encrypt("password", algorithm="RC4-128")
    written = BytesIO()
    writer.write(written)
    with pytest.raises(Unreadable, match="it is encrypted"):
        read_document("a.pdf", written.getvalue())


@given(st.sampled_from(ENDINGS), st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(ending: str, content: bytes) -> None:
    with suppress(Unreadable):
        sections = read_document(f"a{ending}", content)
        assert all(any(each.lines) for each in sections)


@pytest.mark.parametrize("file", sorted(DOCUMENTS.iterdir()), ids=lambda file: file.name)
def test_the_shipped_documents_are_read(file: Path) -> None:
    assert len(read_document(file.name, file.read_bytes())) >= 3
