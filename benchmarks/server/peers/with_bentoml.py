"""BentoML, as its first page shows: bentoml serve with_bentoml:Digits."""

from pathlib import Path

import bentoml
from digits import answer, onnx_session, probabilities


@bentoml.service
class Digits:
    def __init__(self) -> None:
        self.session = onnx_session()

    @bentoml.api
    def predict(self, file: Path) -> dict[str, object]:
        return answer(probabilities(self.session, file.read_bytes()))
