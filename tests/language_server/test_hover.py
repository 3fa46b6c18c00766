"""What hover shows: types, and the pages of rules."""

from __future__ import annotations

from tests.language_server.reading import ROOT, hovered

TEXT = (ROOT / "workflows" / "lead-response.yaml").read_text(encoding="utf-8")


def over(part: str) -> str:
    """The hover at the mark in a part of the workflow."""
    bare = part.replace("¦", "")
    assert TEXT.count(bare) == 1, bare
    return hovered(TEXT.replace(bare, part))


def test_a_step_with_its_outcomes_and_output() -> None:
    page = over("  dedu¦pe:\n")
    assert page.startswith("**dedupe**: uses lead.deduplicate")
    assert "Outcomes: `new`, `duplicate`, and `failed`, `skipped`, `cancelled`" in page
    assert "- `customer_id`: string" in page


def test_an_edge_and_a_name_show_the_step() -> None:
    assert over("needs: consent.gr¦anted").startswith("**consent**: uses consent.check")
    assert over("promising: sc¦ore.score").startswith("**score**: uses lead.score")


def test_a_step_type_with_its_arguments() -> None:
    page = over("uses: sms.s¦end")
    assert page.startswith("**sms.send**\n\nSend a text")
    assert "- `to`: string, required" in page
    assert '- `purpose`: "marketing", "conversational" or "transactional", default' in page


def test_an_argument() -> None:
    page = over('with: {lead: "${input.lead}", win¦dow: 30d}')
    assert page == '**window**: duration or string, default `"30d"`'


def test_members_of_an_expression() -> None:
    assert over("promising: score.sc¦ore") == "**score**: int"
    page = over("match: event.from == input.lead.cust¦omer.phone")
    assert page.startswith("**customer**: object Customer\n\n- ")
    assert over("${input.lead.?vehicle.?mo¦del.orValue").startswith("**model**: optional string")


def test_a_function_with_its_overloads() -> None:
    page = hovered("auterity: 1\nname: a\nsteps:\n  a:\n    when: si¦ze('a') > 0\n    wait: 1h\n")
    assert "- `size(string)` gives int" in page


def test_a_type_with_its_fields() -> None:
    page = over("  lead: Le¦ad\n")
    assert page.startswith("**Lead**: object Lead")
    assert "- `customer`: object Customer" in page


def test_a_key_of_the_language() -> None:
    assert over("    ret¦ry: {attempts").startswith("**retry**: How often")
    assert over("{attem¦pts: 4").startswith("**attempts**: ")


def test_the_page_of_a_rule_is_below_what_it_is_about() -> None:
    page = hovered(TEXT.replace("needs: consent.granted", "needs: consent.gr¦anted_"))
    assert "**consent**: uses consent.check" in page
    assert "\n\n---\n\n**AUT319 unknown-outcome** (error)" in page
    assert "## What it checks" in page or "What it checks" in page


def test_nothing_is_shown_of_plain_text() -> None:
    assert over("Answer an internet le¦ad by text") == ""
