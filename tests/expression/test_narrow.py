"""What conditions tell about presence."""

import pytest

from auterity_sdk.expression.narrow import narrow


def told(text: str) -> tuple[set[str], set[str]]:
    facts = narrow(text)
    paths = (facts.when_true, facts.when_false)
    true, false = ({".".join(path) for path in each if len(path) > 1} for each in paths)
    return true, false


@pytest.mark.parametrize(
    ("text", "when_true", "when_false"),
    [
        ("has(a.x)", {"a.x"}, set()),
        ("!has(a.x)", set(), {"a.x"}),
        ("a.x != null", {"a.x"}, set()),
        ("null == a.x", set(), {"a.x"}),
        ("!(a.x == null)", {"a.x"}, set()),
        ("a.?x.hasValue()", {"a.x"}, set()),
        ("has(a.x.y)", {"a.x", "a.x.y"}, set()),
        ("has(a.x) && has(b.y)", {"a.x", "b.y"}, set()),
        ("has(a.x) || has(b.y)", set(), set()),
        ("has(a.x) || has(a.x) && has(b.y)", {"a.x"}, set()),
        ("!has(a.x) || !has(b.y)", set(), {"a.x", "b.y"}),
        ("!(has(a.x) && has(b.y))", set(), {"a.x", "b.y"}),
        ("has(a.x) ? has(b.y) : has(c.z)", set(), set()),
        ("has(a.x) ? true : has(a.x)", {"a.x"}, set()),
        ("a.x > 3", {"a.x"}, {"a.x"}),
        ("a.x.y in [b.z]", {"a.x", "a.x.y", "b.z"}, {"a.x", "a.x.y", "b.z"}),
        ("a.x > 3 && b.y > 3", {"a.x", "b.y"}, set()),
        ("string(a.x > 3 && b.y > 3) == 'true'", set(), set()),
        ("a.xs.exists(i, i.p > b.q)", {"a.xs"}, {"a.xs"}),
        ("a.?x.orValue(b.y) > 3", {"b.y"}, {"b.y"}),
        ("a.x.?y.orValue(1) > 3", {"a.x"}, {"a.x"}),
        ("optional.of(a.x).hasValue()", {"a.x"}, {"a.x"}),
        ("a.x >", set(), set()),
    ],
)
def test_facts(text: str, when_true: set[str], when_false: set[str]) -> None:
    assert told(text) == (when_true, when_false)
