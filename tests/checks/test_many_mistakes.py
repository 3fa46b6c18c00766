"""A file full of mistakes takes no long look for what was meant."""

from collections import Counter

from auterity_sdk.checks.check import check_document
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.workflow.document import load_document

STEPS = 250


def test_only_the_first_mistakes_of_a_file_get_a_proposal() -> None:
    lines = ["auterity: 1", "name: demo", "steps:"]
    for number in range(STEPS):
        lines += [f"  step_{number}a:", f"    when: step_{number}b.x == 1 && run.id != ''"]
        lines += [f"    needs: step_{number}c", "    wait: 1m"]
    document = load_document("\n".join(lines).encode(), file="demo.yaml")
    found = check_document(document, builtin_registry()).report.diagnostics
    mistakes = [each for each in found if each.code in ("AUT301", "AUT402")]
    proposed = Counter("`step_" in " ".join(each.help) for each in mistakes)
    assert len(mistakes) == 2 * STEPS
    assert proposed[True] > 10
    assert proposed[False] > 10
