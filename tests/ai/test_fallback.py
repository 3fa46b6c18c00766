import pytest

from auterity_sdk.ai.fallback import FallbackModel
from auterity_sdk.ai.language_model import ANEW, OnText
from auterity_sdk.errors import StepError
from tests.ai.asking import model, request
from tests.ai.model_server import ModelServer, Reply, serving


async def failed(one: ModelServer, two: ModelServer, on_text: OnText | None = None) -> StepError:
    with pytest.raises(StepError) as raised:
        await FallbackModel([model(one), model(two)]).answer(request(), on_text)
    return raised.value


@pytest.mark.parametrize(
    "first",
    [
        Reply(status=429),
        Reply(status=503),
        Reply(status=401),
        Reply(choices=False),
        Reply(raw=b"<html>"),
    ],
)
async def test_the_next_is_asked_where_one_cannot_answer(first: Reply) -> None:
    with serving(first) as one, serving(Reply("second")) as two:
        answer = await FallbackModel([model(one), model(two)]).answer(request())
    assert answer.text == "second"
    assert (len(one.received), len(two.received)) == (1, 1)


@pytest.mark.parametrize(
    "first",
    [
        Reply(refusal="No."),
        Reply("x", finish="content_filter"),
        Reply(status=400, code="content_filter"),
    ],
)
async def test_a_refusal_is_an_answer_and_no_other_is_asked(first: Reply) -> None:
    with serving(first) as one, serving(Reply("second")) as two:
        answer = await FallbackModel([model(one), model(two)]).answer(request())
    assert answer.finish in ("refused", "filtered")
    assert two.received == []


async def test_a_wrong_request_is_wrong_for_all() -> None:
    with serving(Reply(status=400)) as one, serving(Reply("second")) as two:
        error = await failed(one, two)
    assert "refuses the request" in error.message
    assert two.received == []


async def test_where_none_can_the_last_ones_error_is_told() -> None:
    with (
        serving(Reply(status=503)) as one,
        serving(Reply(status=429, headers=(("retry-after", "4"),))) as two,
    ):
        error = await failed(one, two)
    assert (error.type, error.retry_after) == ("rate_limited", 4.0)


async def test_the_name_of_a_model_is_for_the_first_alone() -> None:
    with serving(Reply(status=503)) as one, serving(Reply("second")) as two:
        await FallbackModel([model(one), model(two)]).answer(request(model="special"))
    assert one.bodies[0]["model"] == "special"
    assert two.bodies[0]["model"] == "scripted-1"


async def test_an_answer_that_breaks_off_is_begun_again_by_another_and_that_is_told() -> None:
    heard: list[str] = []
    with serving(Reply("We open at nine.", cut=4)) as one, serving(Reply("second")) as two:
        answer = await FallbackModel([model(one), model(two)]).answer(request(), heard.append)
    void = heard.index(ANEW)
    assert "We open at nine.".startswith("".join(heard[:void]))
    assert void > 0
    assert "".join(heard[void:]) == answer.text == "second"


async def test_a_stream_that_never_began_is_begun_by_another() -> None:
    heard: list[str] = []
    with serving(Reply(status=503)) as one, serving(Reply("second")) as two:
        answer = await FallbackModel([model(one), model(two)]).answer(request(), heard.append)
    assert "".join(heard) == answer.text == "second"


async def test_vectors_are_of_the_first_model_alone() -> None:
    with serving(Reply(status=503)) as one, serving(Reply()) as two:
        models = [model(one, embedding_model="small"), model(two, embedding_model="small")]
        with pytest.raises(StepError):
            await FallbackModel(models).embed(["a"])
        assert two.received == []
        assert not (await FallbackModel(models).moderate("hello")).flagged
    assert len(two.received) == 1
