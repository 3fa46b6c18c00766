"""Findings as a JUnit report: a suite for each file, a case for each finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from auterity_cli.output.printable import printable
from auterity_cli.output.results import Found, Results, said

_REFUSED_BY_XML = re.compile("[\ufffe\uffff]")


def dumps(results: Results) -> str:
    """A finding that makes the command fail is a failure, another one is skipped; a clean file has one case."""
    root = Element("testsuites", name="auterity")
    by_file = {file: list(found) for file, found in groupby(results, key=lambda each: each.file)}
    total = failures = 0
    for file in results.files:
        suite = _suite(file, by_file.get(file, ()), results)
        root.append(suite)
        total += int(suite.attrib["tests"])
        failures += int(suite.attrib["failures"])
    _count(root, total, failures)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode")


def _suite(file: str, found: Iterable[Found], results: Results) -> Element:
    suite = Element("testsuite", name=_text(file))
    failures = 0
    for each in found:
        failed = each.diagnostic.severity in results.failing
        failures += failed
        _case(suite, each, "failure" if failed else "skipped")
    if not len(suite):
        SubElement(suite, "testcase", {"classname": _text(file), "name": "no findings"})
    _count(suite, len(suite), failures)
    return suite


def _case(suite: Element, found: Found, kind: str) -> None:
    diagnostic = found.diagnostic
    span = found.source.span(diagnostic.location)
    rule = f"{diagnostic.code} {diagnostic.name}"
    name = f"{rule} at {span.line}:{span.column}"
    case = SubElement(suite, "testcase", {"classname": _text(found.file), "name": name})
    about: Mapping[str, str] = {"type": rule, "message": _text(diagnostic.message)}
    outcome = SubElement(case, kind, dict(about))
    outcome.text = _text(f"{found.file}:{span.line}:{span.column}\n{said(diagnostic)}")


def _count(element: Element, tests: int, failures: int) -> None:
    element.set("tests", str(tests))
    element.set("failures", str(failures))
    element.set("errors", "0")


def _text(text: str) -> str:
    return _REFUSED_BY_XML.sub("�", printable(text))
