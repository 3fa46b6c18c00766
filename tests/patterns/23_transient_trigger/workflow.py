from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import ends, event, receive, wait, workflow


@workflow(name="transient-trigger")
def transient_trigger(customer: str) -> None:
    prepare = task_assign(role="bdc", due="1d", title="Read the file")
    with prepare.ok:
        ready = wait("0s")
    with ready.ok:
        presence = receive("chat.opened", match=event.customer == customer, timeout="1d")
    with presence.received:
        chat = task_assign(role="bdc", due="1d", title="Chat")
    with presence.timeout:
        mail = task_assign(role="bdc", due="1d", title="Write a mail")
    ends(chatted=chat.ok, written=mail.ok)
