"""Which findings the comments of a file take away, and what is wrong with the comments themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from auterity_sdk.checks.catalogue import find_rule, known_rule, rule_names
from auterity_sdk.checks.rule import Rule
from auterity_sdk.checks.suppression.comments import FORM, Allowance
from auterity_sdk.diagnostics import (
    Diagnostic,
    Edit,
    Fix,
    Location,
    Severity,
    SourceMap,
    Suppressed,
)
from auterity_sdk.expression.suggest import Suggestions
from auterity_sdk.workflow.document import YamlSource

ABOUT_COMMENTS = frozenset(
    {
        "unknown-rule",
        "unused-suppression",
        "suppression-without-reason",
        "expired-suppression",
        "bad-suppression",
    }
)
"""The rules on comments, which take their findings from here."""

_DEPTH_OF_A_NODE = 2
"""A comment at `steps:` itself would speak for the whole file."""


class Verdict(Struct, frozen=True):
    """What is left, what was taken away, and the findings on the comments."""

    kept: tuple[Diagnostic, ...]
    suppressed: tuple[Suppressed, ...]
    remarks: tuple[Diagnostic, ...]


def verdict(
    source: SourceMap,
    found: Iterable[Diagnostic],
    comments: Sequence[Allowance],
    rules: Collection[Rule],
    as_of: date | None,
    *,
    complete: bool,
) -> Verdict:
    """Hold the findings of `rules` against the comments. `complete` False: what is unused is not known."""
    remarks: list[Diagnostic] = []
    in_force: dict[tuple[int, str], Allowance] = {}
    suggestions = Suggestions()
    for comment in comments:
        wrong = list(_wrong(comment, as_of, suggestions))
        remarks += wrong
        if not wrong or all(each.name == "unknown-rule" for each in wrong):
            in_force.update({(comment.line, rule.name): comment for rule in _known(comment)})
    kept, suppressed, used = [], [], set()
    for diagnostic in found:
        lines = _lines(source, diagnostic) if in_force else ()
        key = next((key for line in lines if (key := (line, diagnostic.name)) in in_force), None)
        if key is None:
            kept.append(diagnostic)
        else:
            used.add(key)
            suppressed.append(Suppressed(diagnostic, in_force[key].reason))
    ran = {rule.name for rule in rules}
    unused = [key for key in in_force if complete and key not in used and key[1] in ran]
    remarks += [_unused(source, in_force[key], key[1]) for key in unused]
    return Verdict(tuple(kept), tuple(suppressed), tuple(remarks))


def _lines(source: SourceMap, found: Diagnostic) -> Iterator[int]:
    """Where a comment for a finding may stand: its own line, and the key of each node around it."""
    yield source.span(found.location).line
    path = found.location.path
    for length in range(len(path), _DEPTH_OF_A_NODE - 1, -1):
        yield source.span(Location(path[:length], "key")).line


def _known(comment: Allowance) -> Iterator[Rule]:
    return (rule for name in comment.rules if (rule := known_rule(name)))


def _wrong(
    comment: Allowance, as_of: date | None, suggestions: Suggestions
) -> Iterator[Diagnostic]:
    if comment.problem:
        message = "this comment allows nothing"
        yield _remark("bad-suppression", message, comment, help=comment.problem)
        return
    for name in comment.rules:
        rule = known_rule(name)
        if rule is None:
            yield _unknown(name, comment, suggestions)
        elif rule.firm or rule.name in ABOUT_COMMENTS:
            message = f"`{rule.name}` cannot be suppressed"
            yield _remark("bad-suppression", message, comment, help="mend what it names")
    if not comment.reason:
        advice = f"say why it is allowed: {FORM}"
        message = "a suppression without a reason allows nothing"
        yield _remark("suppression-without-reason", message, comment, help=advice)
    elif comment.until is not None and as_of is not None and as_of > comment.until:
        message = f"this suppression ended with {comment.until.isoformat()}"
        advice = "mend what it allowed, or give it a new reason and a new day"
        yield _remark("expired-suppression", message, comment, help=advice)


def _unknown(name: str, comment: Allowance, suggestions: Suggestions) -> Diagnostic:
    near = suggestions.nearest(name.lower(), rule_names())
    advice = f"a rule with a similar name exists: `{near}`" if near else ""
    message = f"there is no rule `{name[:40]}`"
    return _remark(
        "unknown-rule", message, comment, help=advice or "`auterity explain` lists them all"
    )


def _unused(source: SourceMap, comment: Allowance, name: str) -> Diagnostic:
    message = f"nothing here is found by `{name}`"
    if len(comment.rules) > 1:
        return _remark(
            "unused-suppression", message, comment, help=f"remove `{name}` from the comment"
        )
    found = _remark("unused-suppression", message, comment, help="remove the comment")
    return replace(found, fixes=_removal(source, comment))


def _removal(source: SourceMap, comment: Allowance) -> tuple[Fix, ...]:
    """Remove the comment: with the blanks before it, and with its line where nothing else stands there."""
    span = comment.place.span
    if span is None or not isinstance(source, YamlSource):
        return ()
    text, start, end = source.text, span.start, span.end
    while text[start - 1 : start] in (" ", "\t"):
        start -= 1
    if text[start - 1 : start] in ("", "\r", "\n"):
        end += 2 if text.startswith("\r\n", end) else end < len(text)
    place = Location(span=source.at(start, end))
    return (Fix("remove the comment", (Edit(place, ""),), safe=True),)


def _remark(name: str, message: str, comment: Allowance, *, help: str) -> Diagnostic:
    rule = find_rule(name)
    advice = (help,) if help else ()
    return Diagnostic(rule.code, name, Severity.WARNING, message, comment.place, help=advice)
