"""LitServe, as its first page shows: a LitAPI and a LitServer."""

import sys

import litserve as ls
from digits import answer, onnx_session, probabilities
from fastapi import Request


class Digits(ls.LitAPI):
    def setup(self, _device: str) -> None:
        self.session = onnx_session()

    def decode_request(self, request: Request) -> bytes:
        return request["file"].file.read()

    def predict(self, file: bytes) -> list[float]:
        return probabilities(self.session, file)

    def encode_response(self, shares: list[float]) -> dict[str, object]:
        return answer(shares)


if __name__ == "__main__":
    ls.LitServer(Digits(), accelerator="cpu").run(
        host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False
    )
