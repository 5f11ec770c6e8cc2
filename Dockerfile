# The page and the API as one image; deploy/container/README.md tells how it is built, run and checked.

# Node builds the page; nothing of it is in the image.
FROM node:20-slim AS web
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY src/inkdigits/models /build/src/inkdigits/models
COPY web ./
RUN npm run build

FROM python:3.12-slim AS wheel
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
# Of a distribution that keeps only its newest version, none can be named.
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install --yes --no-install-recommends binutils && \
    rm -rf /var/lib/apt/lists/*
COPY requirements requirements
RUN python -m venv --without-pip /opt/inkdigits && \
    pip --python /opt/inkdigits install --no-compile --require-hashes --requirement requirements/runtime.txt && \
    pip install --require-hashes --requirement requirements/build.txt
COPY deploy/container/trim.py ./
RUN python trim.py /opt/inkdigits/lib/python3.12/site-packages
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY --from=web /build/src/inkdigits/server/page src/inkdigits/server/page
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . && \
    pip --python /opt/inkdigits install --no-compile --no-deps dist/*.whl
COPY deploy/container/healthy.py deploy/container/warm.py examples/2048.jpg /opt/inkdigits/
RUN PYTHONPYCACHEPREFIX=/opt/inkdigits/compiled /opt/inkdigits/bin/python /opt/inkdigits/warm.py /opt/inkdigits/2048.jpg && \
    rm /opt/inkdigits/warm.py /opt/inkdigits/2048.jpg && \
    mkdir /models

FROM python:3.12-slim
LABEL org.opencontainers.image.title="inkdigits" \
      org.opencontainers.image.description="Reads handwritten digits: a page and an API" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="docker.io/library/python:3.12-slim"
COPY --from=wheel /opt/inkdigits /opt/inkdigits
# Where a volume with a model goes; a new one takes its owner from here.
COPY --from=wheel --chown=10001:10001 /models /models
ENV PATH=/opt/inkdigits/bin:$PATH \
    PYTHONPYCACHEPREFIX=/opt/inkdigits/compiled \
    PYTHONDONTWRITEBYTECODE=1 \
    ORT_DISABLE_TELEMETRY=1 \
    INKDIGITS_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \
    CMD ["python", "/opt/inkdigits/healthy.py"]
ENTRYPOINT ["inkdigits"]
CMD ["serve"]
