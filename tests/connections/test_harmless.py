"""Whatever a lead writes, it cannot become a header, an address or a terminal escape."""

import unicodedata
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.connections.harmless import harmless_line, harmless_text, mailbox
from auterity_sdk.connections.mail import Mail
from auterity_sdk.connections.outbox import Outbox, task_as_kept
from auterity_sdk.connections.smtp import SmtpMailer
from auterity_sdk.connections.tasks import Task
from auterity_sdk.errors import StepError

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
MAILER = SmtpMailer("mail.test", "bdc@dealer.test", Outbox(Path("unused")))
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
]  # fmt: skip

# Any text, with what acts in it more often than chance would have it.
WORDS = st.sampled_from(
    ["\r\nBcc: e@x.org", "\n", "\x1b[2J", "\x9b1m", "\u2028", "=?utf-8?q?=0ABcc:?=", ",", "<", "@"]
)
HOSTILE = st.lists(WORDS | st.text(max_size=8), max_size=6).map("".join)

PRINTED = st.lists(
    st.sampled_from(
        ["Bcc: e@x.org", "=?utf-8?q?=0ABcc:?=", "From ", ".", ",", "<", "@", '"', "\\", "x" * 90]
    )
    | st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=8),
    max_size=6,
).map("".join)


def acts(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


@given(HOSTILE)
def test_a_text_that_passes_holds_no_control(text: str) -> None:
    try:
        harmless_text(text, "it")
    except StepError:
        return
    assert not [c for c in text if acts(c) and c not in "\n\t"]


@given(HOSTILE)
def test_a_line_that_passes_is_one_line(text: str) -> None:
    try:
        harmless_line(text, "it")
    except StepError:
        return
    assert not [c for c in text if acts(c)]
    assert len(text.splitlines()) <= 1


@given(HOSTILE)
def test_an_address_that_passes_is_one(text: str) -> None:
    try:
        mailbox(text)
    except StepError:
        return
    assert text.count("@") == 1
    assert not set(text) & set('\r\n <>,;:()[]"\\')


@given(PRINTED | HOSTILE, PRINTED | HOSTILE)
def test_a_mail_has_our_headers_and_its_own_text(subject: str, body: str) -> None:
    try:
        mail = Mail("jo@example.com", subject, body)
    except StepError:
        return
    written = MAILER._composed(mail, "k", NOW)
    read = message_from_bytes(written, policy=policy.default)
    assert sorted(read.keys()) == sorted(HEADERS)
    assert read["To"] == "jo@example.com"
    assert read["Subject"].split() == subject.split()
    assert read.get_content().replace("\r\n", "\n").rstrip("\n") == body.rstrip("\n")


@given(HOSTILE, HOSTILE)
def test_a_task_as_kept_holds_no_control(title: str, details: str) -> None:
    kept = task_as_kept(Task("bdc", title, details), key="k", at=NOW)
    assert not [c for c in kept.subject if acts(c)]
    assert not [c for c in kept.body if acts(c) and c not in "\n\t"]
