"""What is personal leaves a text, can be put back, and what is not personal stays."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.scrub.kinds import CLASSES, Kind
from auterity_sdk.ai.scrub.scrub import Strategy, find, restore, scrub
from auterity_sdk.dealership.classification import DataClass
from auterity_sdk.dealership.vin import check_digit

PERSONAL = """
My SSN is ‹123-45-6789›.
ssn ‹123456789›, or social: ‹123 45 6789›
the last four of my social is ‹6789›
mi seguro social es ‹123-45-6789›
card ‹4111 1111 1111 1111› exp ‹12/27› cvv ‹123›
use ‹4111-1111-1111-1111› please
routing number ‹021000021›, account # ‹123456789012›
IBAN ‹GB82 WEST 1234 5698 7654 32›
Driver's license ‹D123-4567-8901›
my DL# is ‹RT123456›
dob ‹3/12/1984›
I was born on ‹March 12th, 1984›
fecha de nacimiento: ‹12 de marzo de 1984›
I make ‹$54,000› a year
my income is about ‹54k›
gano ‹3,200› al mes
my credit score is around ‹640›
write to ‹jordan.avery@example.com› or ‹jordan at gmail dot com›
call ‹419-555-0188›, ‹(419) 555 0188›, ‹4195550188› or ‹+44 20 7946 0958›
text me: ‹555-0188›
VIN ‹1ZZAB1C22TA100001›
vin ‹1zzab1c22ta100001›
I live at ‹1200 Ridge Road, Springfield, OH 45501›.
ship it to ‹12 oak street apt 4›
‹PO Box 77› is fine
my zip is ‹45501›
vivo en la ‹calle Hidalgo 123›
My name is ‹Jordan Avery›, hello
me llamo ‹maría›
Thanks,\\n‹Jordan›
ask ‹Quentin› or ‹QUENTIN›'s wife ‹María López›
ssn ‹\uff11\uff12\uff13-\uff14\uff15-\uff16\uff17\uff18\uff19›
ssn ‹123-\u200b45-6789›
"""
ORDINARY = """
I want the 2021 Camry with 48,210 miles, stock U1139, for $21,499.
See you Dec 3rd at 5:30 pm. Is the 10 minute drive ok?
make an appointment for 3 pm, I have 2 kids and no way to go
in 45501 miles it needs new tires, 24/7
60 months at 3.9% APR, $250/mo, trade 2018 F-150, payoff $8,412.55
i'm checking 2021 prices, this is great
Anna said the price on the card in the window was wrong
The score was 3 to 1, and I make no promises before 2027
Quiero una cita el viernes a las cinco de la tarde
My license expires in May and I was born to drive
"""
NAMES = ("Quentin", "María López")
TEXTS = [line.replace("\\n", "\n") for line in PERSONAL.strip().split("\n")]


@pytest.mark.parametrize("marked", TEXTS)
@pytest.mark.parametrize("strategy", Strategy)
def test_what_is_personal_is_replaced_and_nothing_else(marked: str, strategy: Strategy) -> None:
    text = marked.replace("‹", "").replace("›", "")
    pieces = [piece.partition("›")[0] for piece in marked.split("‹")[1:]]
    scrubbed = scrub(text, strategy, names=NAMES)
    assert [text[each.start : each.end] for each in scrubbed.found] == pieces
    assert [piece for piece in pieces if piece in scrubbed.text] == []
    assert scrub(scrubbed.text, strategy, names=NAMES).text == scrubbed.text
    assert restore(scrubbed.text, scrubbed.originals) == (
        text if strategy is Strategy.TOKENIZE else scrubbed.text
    )


@pytest.mark.parametrize("text", ORDINARY.strip().split("\n"))
def test_what_is_not_personal_stays(text: str) -> None:
    assert scrub(text).text == text


def test_the_same_has_the_same_token_and_a_token_that_was_there_is_not_used() -> None:
    text = "[PHONE_NUMBER_1] is no number. Call 419-555-0188 or 419-555-0133, or 419-555-0188."
    scrubbed = scrub(text, Strategy.TOKENIZE)
    assert scrubbed.text == (
        "[PHONE_NUMBER_1] is no number. Call [PHONE_NUMBER_2] or [PHONE_NUMBER_3], or [PHONE_NUMBER_2]."
    )
    assert restore(scrubbed.text, scrubbed.originals) == text


def test_an_unknown_token_of_an_answer_stays() -> None:
    scrubbed = scrub("Call 419-555-0188", Strategy.TOKENIZE)
    assert restore("[PHONE_NUMBER_1] [PHONE_NUMBER_9]", scrubbed.originals) == (
        "419-555-0188 [PHONE_NUMBER_9]"
    )


def test_only_the_classes_asked_for_are_taken_out() -> None:
    text = "ssn 123-45-6789, call 419-555-0188"
    assert scrub(text, classes=[DataClass.GOVERNMENT_ID]).text == (
        "ssn [SOCIAL_SECURITY_NUMBER], call 419-555-0188"
    )
    assert set(CLASSES) == set(Kind)


def test_what_overlaps_is_one_and_of_the_graver_kind() -> None:
    assert scrub("ssn 4195550188 ").text == "ssn [PHONE_NUMBER] "
    (found,) = find("account number 4111 1111 1111 1111")
    assert found.kind is Kind.CREDIT_CARD_NUMBER


@pytest.mark.parametrize("text", ["1{}", "a{}", "-{}", "{}0", "{}-1", "{}z"])
def test_digits_within_a_longer_word_are_no_such_number(text: str) -> None:
    assert find(text.format("123-45-6789"), classes=[DataClass.GOVERNMENT_ID]) == []
    assert find("aGB82 WEST 1234 5698 7654 32", classes=[DataClass.CREDIT]) == []


def digits(number: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=number, max_size=number)


def card(start: str) -> str:
    return next(start + end for end in "0123456789" if _passes(start + end))


def _passes(number: str) -> bool:
    doubled = [int(each) * (1 + place % 2) for place, each in enumerate(reversed(number))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


SECRETS = st.one_of(
    digits(9).map(lambda d: f"{d[:3]}-{d[3:5]}-{d[5:]}"),
    digits(15).map(card),
    digits(15).map(card).map(lambda d: " ".join(d[i : i + 4] for i in range(0, 16, 4))),
    digits(7).map(lambda d: f"(419) {d[:3]}-{d[3:]}"),
    digits(6).map(lambda d: f"1ZZAB1C22TA{d}").map(lambda v: v[:8] + check_digit(v) + v[9:]),
    st.from_regex(r"[a-z]{3,8}\.[a-z]{3,8}@[a-z]{3,9}\.(com|net)", fullmatch=True),
)
AROUND = st.sampled_from(("{}", "Hi, {}.", "is it {}?", "({})", "my data: {}, ok", "{}\nthanks", "a {} b"))  # fmt: skip


@given(SECRETS, AROUND, st.lists(st.sampled_from(ORDINARY.split("\n")), max_size=2))
def test_a_made_up_secret_never_stays(secret: str, around: str, more: list[str]) -> None:
    text = " ".join([*more, around.format(secret)])
    scrubbed = scrub(text, Strategy.TOKENIZE)
    assert secret not in scrubbed.text
    assert restore(scrubbed.text, scrubbed.originals) == text


@given(st.text(max_size=100) | st.lists(st.sampled_from(TEXTS), max_size=4).map(" ".join))
def test_any_text_comes_back_whole(text: str) -> None:
    scrubbed = scrub(text, Strategy.TOKENIZE, names=NAMES)
    assert restore(scrubbed.text, scrubbed.originals) == text


@pytest.mark.parametrize("piece", ["1", "1 ", "a", "a@", "12 oak ", "4-", "my name is A", "[", "dl 1 "])  # fmt: skip
def test_a_long_hostile_text_is_scrubbed_all_the_same(piece: str) -> None:
    chosen = random.Random(1)
    text = (piece * (20_000 // len(piece)))[: 20_000 - chosen.randrange(9)]
    assert isinstance(scrub(text).text, str)


@pytest.mark.parametrize("marked", TEXTS)
def test_what_may_not_leave_is_found_alone_as_among_all(marked: str) -> None:
    text = marked.replace("‹", "").replace("›", "")
    stays = {DataClass.CREDIT, DataClass.GOVERNMENT_ID}
    among_all = [each for each in find(text) if CLASSES[each.kind] in stays]
    assert find(text, classes=stays) == among_all
