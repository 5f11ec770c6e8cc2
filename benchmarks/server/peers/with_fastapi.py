"""FastAPI, as its page on request files shows: uvicorn with_fastapi:app."""

from digits import answer, onnx_session, probabilities
from fastapi import FastAPI, UploadFile

app = FastAPI()
session = onnx_session()


@app.post("/predict")
async def predict(file: UploadFile) -> dict[str, object]:
    return answer(probabilities(session, await file.read()))
