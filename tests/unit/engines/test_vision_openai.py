"""The engine that shows pictures to an OpenAI-compatible server, against one on this machine that is told what to answer."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mmi_cli.engines.vision_openai import OpenAiVision
from mmi_cli.errors import EngineFailed, UsageError
from mmi_cli.settings import Settings
from tests.support.http_answers import Answer, scripted_server
from tests.support.pictures import scene

SAID = Answer(
    body={
        "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "A red balloon."}}],
        "usage": {"prompt_tokens": 300, "completion_tokens": 6},
    }
)


def engine(url: str, **settings: Any) -> OpenAiVision:
    return OpenAiVision(Settings(openai_base_url=url, vision="openai", vision_model="eyes", **settings))


def shown(asked: dict[str, Any]) -> Image.Image:
    address = asked["messages"][-1]["content"][1]["image_url"]["url"]
    assert address.startswith("data:image/jpeg;base64,")
    return Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))


def test_picture_and_question_go_to_the_model_of_the_settings() -> None:
    with scripted_server([SAID]) as server:
        answer = engine(server.url, openai_api_key="sk-1").look(
            scene("balloon"), system="Say what it is.", user="What?"
        )
    (asked,) = server.asked
    assert (answer.text, answer.input_tokens, answer.output_tokens) == ("A red balloon.", 300, 6)
    assert asked.path == "/v1/chat/completions"
    assert asked.body["model"] == "eyes"
    assert asked.body["messages"][0] == {"role": "system", "content": "Say what it is."}
    assert asked.body["messages"][-1]["content"][0] == {"type": "text", "text": "What?"}
    assert shown(asked.body).size == (400, 400)


def test_a_large_picture_is_shrunk_before_it_is_sent() -> None:
    with scripted_server([SAID]) as server:
        engine(server.url).look(np.zeros((3000, 1500, 3), np.uint8), system="s", user="u")
    assert shown(server.asked[0].body).size == (512, 1024)


def test_the_next_picture_is_another() -> None:
    with scripted_server([SAID]) as server:
        eyes = engine(server.url)
        for value in (0, 255):
            eyes.look(np.full((50, 50, 3), value, np.uint8), system="s", user="u")
    first, second = (np.asarray(shown(asked.body)).mean() for asked in server.asked)
    assert first < 10 < 245 < second


def test_a_picture_that_no_model_takes_is_not_sent() -> None:
    with scripted_server([SAID]) as server:
        for size in ((4, 50), (9000, 20)):
            with pytest.raises(EngineFailed, match="px is too"):
                engine(server.url).look(np.zeros((*size, 3), np.uint8), system="s", user="u")
    assert server.asked == []


def test_a_parameter_that_the_server_refuses_is_left_out_and_the_picture_stays() -> None:
    refusal = Answer(400, {"error": {"message": "logprobs are not supported with images"}})
    with scripted_server([refusal, SAID]) as server:
        assert engine(server.url).look(scene("balloon"), system="s", user="u").text == "A red balloon."
    assert "logprobs" not in server.asked[1].body
    assert shown(server.asked[1].body).size == (400, 400)


def test_a_refusal_is_a_failure_that_says_why() -> None:
    with (
        scripted_server([Answer(400, {"error": {"message": "this model cannot see"}})]) as server,
        pytest.raises(EngineFailed, match="cannot see"),
    ):
        engine(server.url).look(scene("balloon"), system="s", user="u")


def test_another_machine_is_not_used_without_leave() -> None:
    with pytest.raises(UsageError, match="allow-remote"):
        engine("https://api.example.com/v1")
    assert engine("https://api.example.com/v1", allow_remote=True).name == "openai/eyes"
