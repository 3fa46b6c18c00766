"""What expressions read, also where they do not type-check."""

import string

from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.expression.names import CEL_WORDS
from auterity_sdk.expression.narrow import narrow
from auterity_sdk.expression.references import Reference, references


def reads(text: str) -> list[tuple[str, str, str]]:
    """Path, certain path and marked text of each reference."""
    return [
        (".".join(each.path), ".".join(each.certain), text[each.start : each.end])
        for each in references(text)
    ]


def test_plain_optional_and_asked() -> None:
    assert reads("score.score >= 80 && 'é' != a.?b.c && x.y.?z.hasValue() && has(p.q)") == [
        ("score.score", "score.score", "score.score"),
        ("a.b.c", "", "a.?b.c"),
        ("x.y.z", "", "x.y.?z"),
        ("p.q", "", "p.q"),
    ]
    assert reads("input.lead.?vehicle.?model.orValue('car') + outcome.reply") == [
        ("input.lead.vehicle.model", "input.lead", "input.lead.?vehicle.?model"),
        ("outcome.reply", "outcome.reply", "outcome.reply"),
    ]
    assert reads("a.x != null || null == b.x || c == null") == [
        ("a.x", "", "a.x"),
        ("b.x", "", "b.x"),
        ("c", "c", "c"),
    ]


def test_indices_functions_and_spelling() -> None:
    assert reads("a['k k'].b + f(c)[d].e + .g.h + a . b") == [
        ("a.k k.b", "a.k k.b", "a['k k'].b"),
        ("c", "c", "c"),
        ("d", "d", "d"),
        ("g.h", "g.h", "g.h"),
        ("a.b", "a.b", "a . b"),
    ]


def test_macro_variables_are_no_references() -> None:
    assert reads("items.exists(i, i.p > q.r && i.all(j, j == i.k || j == s))") == [
        ("items", "items", "items"),
        ("q.r", "q.r", "q.r"),
        ("s", "s", "s"),
    ]
    assert reads("a.map(a, a.b)") == [("a", "a", "a")]
    assert reads("a.?x.optMap(z, z + w.k).orValue(z.l)") == [
        ("a.x", "", "a.?x"),
        ("w.k", "w.k", "w.k"),
        ("z.l", "z.l", "z.l"),
    ]
    assert reads("optional.of(a.b).or(optional.none())") == [("a.b", "a.b", "a.b")]


def test_a_read_copied_by_a_macro_counts_once() -> None:
    assert len(references("a.?x.optMap(p, p).optMap(q, q)")) == 1


def test_nothing_is_read_by_what_cannot_be_parsed() -> None:
    assert references("a.b +") == ()


def test_a_wrongly_typed_expression_still_reads() -> None:
    assert reads("nope(a.b) + 1 + 'x'") == [("a.b", "a.b", "a.b")]


def present(text: str, path: str) -> set[str]:
    found = [each for each in references(text) if ".".join(each.path) == path and each.plain]
    return {".".join(each) for each in found[-1].present}


def test_what_the_expression_has_made_sure_of() -> None:
    assert present("has(a.x) && a.x > 3", "a.x") == {"a", "a.x"}
    assert present("!has(a.x) || a.x > 3", "a.x") == {"a", "a.x"}
    assert present("a.x == null ? 0 : a.x", "a.x") == {"a", "a.x"}
    assert present("has(a.x) || a.x > 3", "a.x") == set()
    assert present("a.x > 3 && has(a.x)", "a.x") == set()


NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=5).filter(
    lambda name: name not in CEL_WORDS | {"has", "optional", "true"}
)
PATHS = st.lists(NAMES, min_size=1, max_size=4)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> tuple[str, set[str]]:
    """An expression and the dotted paths that it reads."""
    kind = draw(st.sampled_from(["path", "text", "number", *(["deep"] * 3 if depth else [])]))
    if kind == "path":
        path = draw(PATHS)
        return ".".join(path), {".".join(path)}
    if kind == "text":
        quoted = draw(st.text("aé\N{ROCKET} .{}()$", max_size=8))
        return f"'{quoted}'", set()
    if kind == "number":
        return str(draw(st.integers(0, 99))), set()
    (left, one), (right, two) = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    shape = draw(
        st.sampled_from(["({}) + ({})", "f({}, {})", "[{}, {}]", "({}) && ({})", "({})[{}]"])
    )
    return shape.format(left, right), one | two


@given(expressions())
def test_every_path_is_found_where_it_stands(made: tuple[str, set[str]]) -> None:
    text, expected = made
    found = references(text)
    plain = {".".join(each.path) for each in found if text[each.start] not in "('"}
    assert plain == expected or any("[" in text for _ in found)
    assert {each.root for each in found} == {path.split(".")[0] for path in expected}
    for each in found:
        assert text[each.start :].startswith(each.root)


@given(expressions())
def test_narrowing_only_names_what_is_read(made: tuple[str, set[str]]) -> None:
    text, expected = made
    prefixes = {
        tuple(path.split(".")[:length])
        for path in expected
        for length in range(1, path.count(".") + 2)
    }
    told = narrow(text)
    if "[" not in text:
        assert told.when_true | told.when_false <= prefixes


def test_references_are_values() -> None:
    assert references("a.b")[0] == Reference("a", ("b",), ("a", "b"), 0, 3)
