"""A conversation over several processes: each message goes on where the one before left off."""

import json
from pathlib import Path

from tests.ai.model_server import Reply, serving
from tests.cli.conftest import Cli

WORKFLOW = """\
auterity: 1
name: talk
input: {phone: string, message: string}
steps:
  talk:
    repeat:
      max: 8
      until: "!(outcome.?next == optional.of('received'))"
      steps:
        say:
          uses: ai.chat
          with:
            prompt: Be brief
            text: "${previous.?message.orValue(input.message)}"
            facts: {hours: 7 am to 6 pm, oil_change_price: $59.95}
            so_far: ${previous.?conversation.orValue([])}
          timeout: 1m
        send:
          needs: say
          uses: sms.send
          with: {to: "${input.phone}", body: "${say.message}", purpose: transactional}
        next:
          needs: send
          receive: {event: sms.received, match: event.from == input.phone, timeout: 1d}
        leave:
          needs: {any: [say.handover, say.invalid, say.refused, say.over_budget, say.failed]}
          wait: 1ms
      output:
        conversation: ${say.?conversation.orValue([])}
        message: ${next.?body.orValue('')}
  late: {needs: talk.exhausted, uses: task.assign, with: {role: bdc, due: 15m, title: Answer}}
output: {rounds: "${talk.?rounds.orValue(0)}"}
"""
PHONE = "+14195550188"


def says(reply: str, *, person: bool = False) -> Reply:
    return Reply(json.dumps({"reply": reply, "person": person}))


def test_a_run_that_waits_for_the_customer_remembers_the_conversation(cli: Cli) -> None:
    Path("talk.yaml").write_text(WORKFLOW)
    replies = says("It is $59.95."), says("We are open 7 am to 6 pm."), says("", person=True)
    with serving(*replies) as server:
        Path("auterity.toml").write_text(
            f'[connections.llm]\nuse = "openai"\nbase_url = "{server.url}"\nmodel = "mini"\n'
        )
        begun = cli("run", "talk.yaml", "-i", f"phone={PHONE}", "-i", "message=Oil change?")
        assert "waits for sms.received" in begun.err + begun.out
        assert len(server.received) == 1
        cli("send", "sms.received", f"from={PHONE}", "body=When are you open?")
        ended = cli("send", "sms.received", f"from={PHONE}", "body=Give me a person")
        assert "succeeded" in ended.err + ended.out
        told = [[each["role"] for each in body["messages"]] for body in server.bodies]
    assert told == [
        ["system", "user"],
        ["system", "user", "assistant", "user"],
        ["system", "user", "assistant", "user", "assistant", "user"],
    ]
    last = server.bodies[-1]["messages"]
    assert (last[2]["content"], last[4]["content"]) == (
        "It is $59.95.",
        "We are open 7 am to 6 pm.",
    )
    assert [each["content"].split("\n")[1] for each in last if each["role"] == "user"] == [
        "Oil change?",
        "When are you open?",
        "Give me a person",
    ]
    sent = json.loads(cli("outbox", "--json").out)
    texts = [message["body"] for message in sent]
    assert ["AI assistant" in text for text in texts] == [True, False]
