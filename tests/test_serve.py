"""`inkdigits serve` as a process of its own, asked over loopback."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import threading
from typing import Any

import httpx
import pytest
from conftest import INKDIGITS, PNG, READ, png_of, serving, shell

from inkdigits import Reader


def test_the_real_server_reads(server: str, seven_png: bytes, reader: Reader) -> None:
    response = httpx.post(server + READ, content=seven_png, headers=PNG)
    assert response.json() == reader.read(seven_png).to_dict()
    response = httpx.post(server + READ, files={"image": ("a.png", seven_png)})
    assert response.json()["text"] == "7"
    assert httpx.get(server + "/health").json() == {"status": "healthy"}
    assert httpx.get(server + "/").headers["X-Frame-Options"] == "DENY"


def test_the_real_server_refuses(server: str) -> None:
    for content, status in ((b"", 400), (b"x", 415), (bytes(10_000_001), 413)):
        response = httpx.post(server + READ, content=content, headers=PNG)
        assert (response.status_code, response.json()["status"]) == (status, status)


def test_a_chunked_upload_is_read_and_bounded(server: str, seven_png: bytes) -> None:
    headers = {"Content-Type": "image/png"}
    assert (
        httpx.post(server + READ, content=iter([seven_png[:50], seven_png[50:]]), headers=headers).json()[
            "text"
        ]
        == "7"
    )
    too_long = httpx.post(server + READ, content=(bytes(100_000) for _ in range(150)), headers=headers)
    assert too_long.status_code == 413
    assert too_long.json()["code"] == "too_many_bytes"


def test_a_body_shorter_than_it_says_costs_no_worker(server: str, seven_png: bytes) -> None:
    host, port = server.removeprefix("http://").split(":")
    for _ in range(8):
        with socket.create_connection((host, int(port)), 5) as connection:
            connection.sendall(
                b"POST /api/v1/read HTTP/1.1\r\nHost: x\r\n"
                b"Content-Type: image/png\r\nContent-Length: 9999\r\n\r\n" + seven_png
            )
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(1000)
            assert not answer or answer.startswith(b"HTTP/1.1 400")
    assert httpx.get(server + "/health").status_code == 200


def test_many_at_once_get_their_own_answer(server: str, mnist: Any, reader: Reader) -> None:
    pictures = [png_of(image) for image in mnist.images[:24]]
    answers: list[str] = [""] * len(pictures)

    def ask(place: int) -> None:
        for i in range(place, len(pictures), 6):
            response = httpx.post(server + READ, content=pictures[i], headers=PNG)
            answers[i] = response.json()["text"]

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [reader.read(picture).text for picture in pictures]


def test_methods_without_a_body_keep_the_connection(server: str) -> None:
    host, port = server.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    for _ in range(2):
        connection.request("HEAD", "/health")
        response = connection.getresponse()
        response.read()
        assert response.status == 200
    connection.close()


def test_serve_obeys_its_options_and_stops_rightly(seven_png: bytes) -> None:
    """Two workers, a setting from the environment; SIGTERM ends them with exit code 0."""
    with serving("--port", "0", "--workers", "2", INKDIGITS_MAX_BYTES="50") as (address, process):
        for _ in range(10):
            answer = httpx.post(address + READ, content=seven_png, headers=PNG)
            assert answer.json()["code"] == "too_many_bytes"
        with httpx.Client() as idle:  # a connection kept open must not hold the server back
            assert idle.get(address + "/health").status_code == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0


def test_serve_finishes_what_is_under_way(seven_png: bytes) -> None:
    with serving("--port", "0") as (address, process):

        def slowly():  # type: ignore[no-untyped-def]
            yield seven_png[:50]
            process.send_signal(signal.SIGTERM)
            yield seven_png[50:]

        answer = httpx.post(address + READ, content=slowly(), headers=PNG)
        assert answer.json()["text"] == "7"
        assert process.wait(15) == 0


@pytest.mark.parametrize("output", [">/dev/full", "| true"])
def test_serve_serves_where_its_address_cannot_be_printed(output: str) -> None:
    process = subprocess.Popen(
        ["bash", "-c", f'"$@" {output}', "bash", *INKDIGITS, "serve", "--port", "0"],
        stderr=subprocess.PIPE, text=True, start_new_session=True, env=os.environ | {"INKDIGITS_DRAIN": "0"},
    )  # fmt: skip
    with process:
        assert process.stderr is not None
        try:
            told = next(line for line in process.stderr if "printed" in line or "Traceback" in line)
            assert "which could not be printed" in told
            assert httpx.get(told.split("The server is at ")[1].split(",")[0] + "/health").status_code == 200
        finally:
            os.killpg(process.pid, signal.SIGTERM)
        assert "Traceback" not in process.stderr.read()


def test_serve_says_that_a_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = shell("serve", "--port", port)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(
        f"inkdigits: error: Cannot listen on 127.0.0.1 port {port}: Address already in use"
    )
    assert "--port" in result.stderr
