"""What completion proposes, in files as they are while somebody types."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auterity_cli.language_server.completion import completion
from auterity_cli.language_server.grammar import help_of, line_on
from auterity_cli.language_server.hover import hover
from auterity_cli.language_server.symbols import symbols
from auterity_sdk.workflow.json_schema import json_schema
from tests.language_server.reading import ROOT, completed, labels, read

FILE = """\
auterity: 1
name: lead
input:
  lead: Lead
  least: {type: number, default: 40}
steps:
  dedupe:
    uses: lead.deduplicate
    with: {lead: "${input.lead}"}
  score:
    needs: dedupe.new
    uses: lead.score
    with: {lead: "${input.lead}"}
  reply:
    needs: score
    receive: {event: sms.received, timeout: 2d}
  each:
    needs: score
    for_each:
      in: input.lead.trade_ins
      steps:
        look:
          uses: vehicle.decode_vin
          with: {vin: "${item.vin}"}
        then:
          wait: 1m
  last:
    STEP
ends:
  duplicate: dedupe.duplicate
  done: last
"""


def file(step: str) -> str:
    """The file with a step as it is being typed."""
    return FILE.replace("STEP", step.replace("\n", "\n    "))


def test_the_top_keys_that_are_not_there() -> None:
    found = labels("auterity: 1\nname: x\n¦\n")
    assert "steps" in found
    assert "ends" in found
    assert "name" not in found


def test_a_new_step_has_the_keys_of_every_kind() -> None:
    found = labels(file("¦"))
    assert {"uses", "switch", "approve", "call", "needs", "when"} <= {*found}


def test_a_kind_has_its_own_keys_only() -> None:
    found = labels(file("uses: sms.send\n¦"))
    assert "retry" in found
    assert not {"uses", "switch", "for_each"} & {*found}
    assert "retry" not in labels(file("wait: 1h\n¦"))


def test_the_keys_inside_of_a_kind() -> None:
    assert {"role", "quorum", "remind"} <= {*labels(file("approve:\n  ¦"))}
    assert {"attempts", "factor"} <= {*labels(file("uses: sms.send\nretry: {¦}"))}


def test_fixed_words() -> None:
    assert labels(file("approve: {role: sales, exclude: ¦}")) == ["requester"]
    assert labels(file("uses: sms.send\nretry: {jitter: ¦}")) == ["true", "false"]


def test_step_types() -> None:
    found = labels(file("uses: sm¦"))
    assert "sms.send" in found
    assert completed(file("uses: sms.s¦"), "sms.send") == file("uses: sms.send")


def test_arguments_the_required_first() -> None:
    found = labels(file("uses: sms.send\nwith:\n  ¦"))
    assert found[:2] == ["to", "body"]
    assert "purpose" in found
    assert labels(file("uses: sms.send\nwith: {to: '', ¦}"))[0] == "body"
    text = file("uses: sms.send\nwith:\n  bo¦")
    assert completed(text, "body") == file("uses: sms.send\nwith:\n  body: ")


def test_arguments_of_a_called_workflow() -> None:
    assert labels(file("call: ¦")) == ["child"]
    assert labels(file("call: child\nwith:\n  ¦")) == ["who", "often"]


def test_steps_to_need_and_their_outcomes() -> None:
    found = labels(file("needs: ¦\nwait: 1h"))
    assert {"dedupe.new", "dedupe.duplicate", "score", "reply.timeout", "each"} <= {*found}
    assert not {"last", "look"} & {*found}


@pytest.mark.parametrize(
    "written",
    [
        "needs: dedupe.¦",
        "needs: [score, dedupe.¦",
        "needs: {one: [dedupe.n¦]}",
        "needs:\n  - dedupe.¦",
    ],
)
def test_outcomes_behind_a_dot(written: str) -> None:
    assert labels(file(written + "\nwait: 1h")) == [
        "dedupe.new", "dedupe.duplicate", "dedupe.failed", "dedupe.skipped", "dedupe.cancelled", "dedupe.done"
    ]  # fmt: skip


def test_an_outcome_takes_the_place_of_the_whole_edge() -> None:
    assert completed(file("needs: dedupe.n¦"), "dedupe.new") == file("needs: dedupe.new")


def test_joins() -> None:
    assert {"any", "one", "first", "at_least"} <= {*labels(file("needs: {¦}"))}
    assert labels(file("needs: {first: [score], ¦}")) == ["cancel_rest"]


def test_a_body_knows_its_own_steps() -> None:
    text = FILE.replace("then:\n", "then:\n          needs: ¦\n")
    assert labels(text) == ["look"]


def test_ends() -> None:
    assert "score.failed" in labels(FILE.replace("dedupe.duplicate\n", "score.¦\n"))


def test_types() -> None:
    assert {"Lead", "string", "timestamp"} <= {*labels(FILE.replace("lead: Lead", "lead: ¦"))}
    assert "number" in labels(FILE.replace("type: number", "type: n¦"))


def test_names_of_an_expression() -> None:
    found = labels(file("when: ¦\nwait: 1h"))
    assert {"input", "run", "outcome", "dedupe", "score", "size", "has"} <= {*found}
    assert not {"secrets", "event", "item"} & {*found}


def test_secrets_in_arguments_only() -> None:
    assert "secrets" in labels(file("uses: sms.send\nwith: {to: '${¦}'}"))


def test_nothing_of_it_outside_of_the_braces() -> None:
    assert labels(file("uses: sms.send\nwith: {to: 'a ${input.lead.id} ¦'}")) == []


@pytest.mark.parametrize(
    "written",
    ["when: input.lead.customer.¦", "uses: sms.send\nwith: {to: '${input.lead.customer.¦", "uses: sms.send\nwith:\n  body: |\n    Hi ${input.lead.customer.fi¦ there"],
)  # fmt: skip
def test_fields(written: str) -> None:
    found = labels(file(written))
    assert {"first_name", "phone"} <= {*found}


def test_fields_of_a_steps_output() -> None:
    assert labels(file("when: score.¦"))[:2] == ["score", "reasons"]


def test_methods_of_texts_lists_and_optional_values() -> None:
    assert "startsWith" in labels(file("when: input.lead.id.¦"))
    assert "exists" in labels(file("when: input.lead.trade_ins.¦"))
    assert {"orValue", "hasValue"} <= {*labels(file("when: input.lead.?vehicle.¦"))}


def test_an_item_of_a_list_and_a_macros_variable() -> None:
    assert "vin" in labels(file("when: input.lead.trade_ins[0].¦"))
    assert "vin" in labels(file("when: input.lead.trade_ins.exists(car, car.¦"))
    assert "car" in labels(file("when: input.lead.trade_ins.exists(car, ¦"))


def test_names_that_a_body_binds() -> None:
    text = FILE.replace('"${item.vin}"', '"${¦}"')
    assert {"item", "index", "then"} <= {*labels(text)}
    assert "vin" in labels(FILE.replace('"${item.vin}"', '"${item.¦}"'))


def test_outcomes_that_a_comparison_can_name() -> None:
    assert {"received", "timeout"} <= {*labels(file("when: outcome.reply == '¦"))}


def test_the_last_case() -> None:
    assert labels(file("switch:\n  a: 1 == 1\n  b: el¦"))[-1] == "else"


def test_a_file_that_was_never_right_is_read_as_far_as_it_goes() -> None:
    broken = file('uses: sms.send\nwith: {to: "${input.lead.¦')
    assert "customer" in labels(broken)


def test_the_last_state_stands_in_where_nothing_can_be_read() -> None:
    now = "auterity: 1\nname: [\n" + file("when: score.¦").partition("name: lead\n")[2]
    now = now.replace("input:\n", "input: ]]\n  a: [}\n  b: {]\n  c: {]\n  d: {]\n")
    assert "reasons" in labels(now, before=file("wait: 1h"))


def test_every_key_of_the_language_has_a_line() -> None:
    missing = []
    for model, schema in json_schema("2020-12")["$defs"].items():
        missing += [
            f"{model}.{key}" for key in schema.get("properties", {}) if not line_on(model, key)
        ]
    assert missing == []
    assert help_of((), "steps")
    assert help_of(("steps", "a", "needs"), "one")


TEXT = (ROOT / "workflows" / "lead-response.yaml").read_text(encoding="utf-8")


def test_where_a_join_may_begin_each_edge_is_proposed_once() -> None:
    found = labels(file("needs:\n  ¦:\n    [score]\nwait: 1h"))
    assert found.count("dedupe.new") == 1
    assert found.count("any") == 1


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, len(TEXT)),
    st.integers(0, 40),
    st.sampled_from(["", "\n", "{", '"', "${", "  ", "\U0001f697", "- "]),
)
def test_no_half_typed_text_is_too_broken(at: int, gone: int, typed: str) -> None:
    text = TEXT[:at] + typed + TEXT[at + gone :]
    analysis = read(text)
    offset = at + len(typed)
    found = completion(analysis, offset)
    hover(analysis, offset)
    symbols(analysis)
    assert len({item.label for item in found}) == len(found)


def test_proposals_at_every_place_of_a_workflow_replace_a_word() -> None:
    analysis = read(TEXT)
    for offset in range(0, len(TEXT), 7):
        for item in completion(analysis, offset)[:1]:
            edit = item.text_edit
            assert edit is not None
            assert hasattr(edit, "range")
            start, end = (
                analysis.lines.offset(edit.range.start),
                analysis.lines.offset(edit.range.end),
            )
            assert start <= offset <= end
            assert re.fullmatch(r"[\w.@-]*", TEXT[start:end])
