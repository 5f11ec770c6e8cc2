"""`inkdigits train --ray`: a run done by workers on a Ray cluster, by Ray Train."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from inkdigits.cluster.join import hosts, joined, reason
from inkdigits.errors import InkdigitsError, RunError, SettingsError
from inkdigits.training.epochs import CHECKPOINT

#: Does a run in a folder, going on from the checkpoint there, and gives the path of the model made.
Job = Callable[[Path, Console], Path]

#: Times that workers may be lost, each time to go on elsewhere from the last checkpoint.
LOSSES = 3
#: Where in the run's folder Ray keeps its own notes meanwhile; nobody else's folder has this name.
NOTES = ".inkdigits-train-ray"


def train_there(job: Job, out: Path, workers: int, *, fresh: bool = False) -> Path:
    """Do `job` by so many workers on the cluster of RAY_ADDRESS; the path of the model made.

    Every host must see the folder `out`. A worker has the CPUs of a host, and a GPU where there are any.
    Raises SettingsError for a cluster that cannot be joined or has too few CPUs, RunError where it fails,
    and what `job` raises.
    """
    out = out.absolute()
    if fresh:
        (out / CHECKPOINT).unlink(missing_ok=True)
    # What a killed run left there would be taken for this one's.
    shutil.rmtree(out / NOTES, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    with joined():
        try:
            return _fit(job, out, workers)
        finally:
            shutil.rmtree(out / NOTES, ignore_errors=True)


def _fit(job: Job, out: Path, workers: int) -> Path:
    from ray import cluster_resources, put, train
    from ray.train.torch import TorchTrainer

    trainer = TorchTrainer(
        _work,
        train_loop_config={"job": put(job), "out": str(out)},
        scaling_config=train.ScalingConfig(
            num_workers=workers,
            use_gpu="GPU" in cluster_resources(),  # type: ignore[no-untyped-call]
            resources_per_worker={"CPU": _cpus(workers)},
        ),
        run_config=train.RunConfig(
            name=out.name,
            storage_path=str(out / NOTES),
            failure_config=train.FailureConfig(max_failures=LOSSES),
        ),
    )
    try:
        ended: Any = trainer.fit()
    except train.TrainingFailedError as error:
        failures: list[Exception] = [*getattr(error, "worker_failures", {}).values(), error]
        raise RunError(
            f"The cluster cannot train on: {reason(failures[0])}",
            "See `ray status`; the same command goes on where it stopped.",
        ) from None
    if isinstance(ended.return_value, InkdigitsError):
        raise ended.return_value
    return Path(ended.return_value)


def _cpus(workers: int) -> int:
    """CPUs for each worker: all of a host, or its share of one where there are more workers than hosts."""
    lent = [cpus for cpus in hosts().values() if cpus]
    if workers > sum(lent):
        raise SettingsError(
            f"The cluster lends {sum(lent)} CPUs, and each of {workers} workers needs one",
            "Give fewer --workers, or add a host to it.",
        )
    return max(1, min(lent) * len(lent) // max(workers, len(lent)))


def _work(config: dict[str, Any]) -> Any:
    """The path of the model made, or the error of ours that kept it from being made."""
    import ray
    from ray import train

    job: Job = ray.get(config["job"])
    with _folder(Path(config["out"]), train.get_context().get_world_rank()) as folder:
        try:
            return str(job(folder, Console(file=sys.stderr, soft_wrap=True)))
        except InkdigitsError as error:  # raised, it would pass for a lost worker, and be tried again
            return error


@contextmanager
def _folder(out: Path, rank: int) -> Iterator[Path]:
    """The first worker writes in the run's folder; the others begin where it does, and write aside."""
    if not rank:
        yield out
        return
    with TemporaryDirectory() as aside:
        if (out / CHECKPOINT).exists():
            shutil.copy(out / CHECKPOINT, aside)
        yield Path(aside)
