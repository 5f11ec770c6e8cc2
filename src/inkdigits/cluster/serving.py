"""`inkdigits serve --ray`: replicas of the server on a Ray cluster, behind a proxy on every host."""

from __future__ import annotations

import http.client
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from inkdigits.cluster.join import hosts, joined, reason
from inkdigits.errors import SettingsError
from inkdigits.server import create_app
from inkdigits.server.asgi import Asgi, Message, Receive, Send
from inkdigits.server.current import checked
from inkdigits.server.front import OTHERS, OTHERS_WAITING, Front
from inkdigits.server.run import GRACE, MALLOC, check, free_address, url_of
from inkdigits.settings import Settings

log = logging.getLogger(__name__)

#: Replicas that there are at least: if one is lost, another still answers.
LEAST = 2
#: Share of a replica's threads that are busy when another replica is started.
BUSY = 0.75
#: Seconds between Ray's looks whether a replica reads rightly.
HEALTH = 5
#: Seconds within which there must be replicas and then the proxy must have found them, and between looks.
READY, BEGIN, POLL = 120, 60, 0.1
#: Seconds within which replicas must have heard that they are about to stop.
TOLD = 5
NAME = "inkdigits"
#: How Ray is to serve: replicas are asked directly by HAProxy, which leaves one out within two seconds of its
#: last sign, and asks another where one went before it answered. To read twice does no harm.
MANNER = {
    "RAY_SERVE_ENABLE_HA_PROXY": "1",
    "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
    "RAY_SERVE_RUN_ROUTER_IN_SEPARATE_LOOP": "1",  # else nothing can be broadcast from here
    "RAY_SERVE_HAPROXY_HEALTH_CHECK_INTER": "2s",
    "RAY_SERVE_HAPROXY_TIMEOUT_CONNECT_S": "1",
    "RAY_SERVE_HAPROXY_RETRY_ON": "conn-failure empty-response",
    "RAY_SERVE_HAPROXY_METRICS_ENABLED": "0",
}
#: HAProxy's files, by what Ray calls them.
FILES = {
    "CONFIG_FILE_LOC": "haproxy.cfg",
    "SOCKET_PATH": "admin.sock",
    "SERVER_STATE_BASE": "",
    "SERVER_STATE_FILE": "server-state",
}


def run(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve on the cluster of RAY_ADDRESS, else on a Ray of this machine, until SIGINT or SIGTERM.

    There are as many replicas at most as `settings.workers` says, else one for each CPU; `announce` is told
    the address once it answers. Raises ModelError or SettingsError, before anything listens, where something
    that the settings name cannot be used or could not hold on a cluster.
    """
    settings = _from_anywhere(settings)
    most = _most(settings)
    check(settings.model_copy(update={"workers": most or LEAST}))
    address, port = free_address(settings.host, settings.port)
    with joined(least=LEAST) as folder:
        cpus = _suited(settings)
        manner = _manner(settings, folder)
        os.environ.update(manner)
        wanted = settings.model_copy(update={"workers": most or cpus})
        try:
            service = _start(wanted, address, port, manner)
            _await(address, port)
        except SettingsError:
            _shut_down()
            raise
        announce(url_of(settings.host, port))
        _await_signal()
        _stop(service, settings.drain)


def _from_anywhere(settings: Settings) -> Settings:
    """The same with whole paths: a replica does not start in the folder where the command does."""
    return settings.model_copy(
        update={name: value.absolute() for name, value in settings if isinstance(value, Path)}
    )


def _manner(settings: Settings, folder: str | None) -> dict[str, str]:
    """How Ray is to serve; of a Ray of our own HAProxy's files go with the others."""
    places = {f"RAY_SERVE_HAPROXY_{name}": f"{folder}/{file}" for name, file in FILES.items() if folder}
    return MANNER | places | {"RAY_SERVE_DIRECT_INGRESS_MIN_DRAINING_PERIOD_S": str(settings.drain)}


def _most(settings: Settings) -> int | None:
    """The most replicas, if the settings say it; raises SettingsError for what cannot be on a cluster."""
    given = "workers" in settings.model_fields_set
    if given and settings.workers < LEAST:
        raise SettingsError(
            f"A cluster has at least {LEAST} replicas, not {settings.workers}",
            "Say with --workers how many there may be at most, or serve without --ray.",
        )
    if settings.rate_limit and not (settings.keys or settings.trusted_proxies):
        raise SettingsError(
            "A rate limit on a cluster cannot tell callers apart, whose addresses end at its proxies",
            "Give callers keys, or put a proxy in front that names them, and count it in trusted_proxies.",
        )
    return settings.workers if given else None


def _suited(settings: Settings) -> int:
    """How many CPUs the cluster has; raises SettingsError where it cannot serve as the settings say."""
    there = hosts()
    cpus = sum(there.values())
    if cpus < LEAST:
        raise SettingsError(
            f"The cluster has {cpus} CPU, and each of {LEAST} replicas needs one", "Add a host to it."
        )
    if len(there) > 1 and _is_loopback(settings.host):
        raise SettingsError(
            f"The hosts of a cluster cannot reach each other at {settings.host}", "Serve with --host 0.0.0.0."
        )
    return cpus


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _start(settings: Settings, host: str, port: int, manner: dict[str, str]) -> Any:
    """Ray's handle of the replicas, once they are ready."""
    from ray import serve

    logging.getLogger("ray.serve").setLevel(logging.WARNING)
    serve.start(
        proxy_location="EveryNode", http_options={"host": host, "port": port},
        controller_options={"runtime_env": {"env_vars": manner}}, logging_config={"log_level": "WARNING"},
    )  # fmt: skip
    target = serve.RunTarget(_application(settings, manner), name=NAME)
    try:
        (service,) = serve.run_many(
            [target], wait_for_ingress_deployment_creation=False, wait_for_applications_running=False
        )
    except (RuntimeError, TimeoutError) as error:
        raise _not_started(error) from None
    _await_replicas()
    return service


def _await_replicas() -> None:
    """Raise SettingsError where they cannot start, or have no room: Ray itself would wait for it for ever."""
    from ray import serve

    end = time.monotonic() + READY
    while (service := serve.status().applications[NAME]).status != "RUNNING":
        if service.status == "DEPLOY_FAILED":
            # The application says which deployment, and that one why.
            raise _not_started([service.message, *(one.message for one in service.deployments.values())][-1])
        if time.monotonic() > end:
            raise SettingsError(
                f"The cluster has not started {LEAST} replicas in {READY} seconds",
                "Each needs a CPU that nothing else has: see `ray status`, or add a host.",
            )
        time.sleep(POLL)


def _not_started(why: object) -> SettingsError:
    return SettingsError(
        f"The replicas cannot start: {reason(why)}",
        "Every host needs inkdigits[ray], and at the same paths what INKDIGITS_MODEL and the like name.",
    )


def _application(settings: Settings, manner: dict[str, str]) -> Any:
    from ray import serve

    deployment = serve.deployment(
        name=NAME,
        # The gate in each replica says who may wait: Ray passes on as many as it knows what to do with.
        max_ongoing_requests=settings.threads + settings.queue + OTHERS + OTHERS_WAITING,
        autoscaling_config={
            "min_replicas": LEAST,
            "max_replicas": settings.workers,
            "target_ongoing_requests": BUSY * settings.threads,
        },
        ray_actor_options={"num_cpus": 1, "runtime_env": {"env_vars": MALLOC | manner}},
        health_check_period_s=HEALTH,
        graceful_shutdown_timeout_s=settings.drain + GRACE,
    )
    return deployment(serve.ingress()(Replica)).bind(settings)


class Replica:
    """One process that reads, as a worker on one machine does."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app = create_app(settings)

    def __serve_build_asgi_app__(self) -> Any:
        door = Asgi(Front(self._app, self._settings))

        async def answer(scope: Message, receive: Receive, send: Send) -> None:
            await door(scope, receive, partial(_without_id, send))

        return answer

    def drain(self) -> None:
        """Say that the service is about to stop."""
        self._app.extensions["inkdigits"].drain()

    def check_health(self) -> None:
        """Raise ModelInvalid where a known digit is misread, so that Ray puts another in its place."""
        checked(self._app.extensions["inkdigits"].reader)


async def _without_id(send: Send, message: Message) -> None:
    """Send an answer without its X-Request-Id, which Ray puts there once more."""
    if "headers" in message:
        message["headers"] = [pair for pair in message["headers"] if pair[0] != b"x-request-id"]
    await send(message)


def _await(host: str, port: int) -> None:
    end = time.monotonic() + BEGIN
    while not _answers(host, port):
        if time.monotonic() > end:
            raise SettingsError(
                f"No replica answers on port {port}", "See `ray status`, and the logs in Ray's folder."
            )
        time.sleep(POLL)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _await_signal() -> None:
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    told.wait()


def _stop(service: Any, drain: float) -> None:
    """Have every replica's /readyz say that it is about to stop, wait until that is known, and stop them."""
    if drain:
        try:
            service.broadcast("drain").results(timeout_s=TOLD, return_exceptions=True)
        except (RuntimeError, TimeoutError) as error:
            log.warning("Not every replica knows that it is about to stop: %s", error)
        time.sleep(drain)
    _shut_down()


def _shut_down() -> None:
    from ray import serve

    serve.shutdown()  # type: ignore[no-untyped-call]
