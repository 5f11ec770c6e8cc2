"""What a schema of Kubernetes does not know of the base: that its parts meet each other and the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from inkdigits import __version__
from inkdigits.server.run import GRACE
from inkdigits.settings import PREFIX, Settings

BASE = Path(__file__).parent.parent / "deploy" / "kubernetes" / "base"


def loaded(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((BASE / name).read_text("utf-8"))
    return content


@pytest.fixture(scope="module")
def resources() -> dict[str, dict[str, Any]]:
    """Kind -> its one resource, for everything that the kustomization names."""
    made = [loaded(name) for name in loaded("kustomization.yaml")["resources"]]
    return {one["kind"]: one for one in made}


@pytest.fixture(scope="module")
def pod(resources: dict[str, dict[str, Any]]) -> dict[str, Any]:
    spec: dict[str, Any] = resources["Deployment"]["spec"]["template"]["spec"]
    return spec


@pytest.fixture(scope="module")
def container(pod: dict[str, Any]) -> dict[str, Any]:
    (one,) = pod["containers"]
    return dict(one)


def test_every_file_is_named_and_there_is_one_of_each_kind(resources: dict[str, dict[str, Any]]) -> None:
    files = {path.name for path in BASE.glob("*.yaml")} - {"kustomization.yaml"}
    assert files == set(loaded("kustomization.yaml")["resources"])
    assert resources.keys() == {
        "Namespace", "Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget"
    }  # fmt: skip


def test_names_labels_and_ports_meet(resources: dict[str, dict[str, Any]], container: dict[str, Any]) -> None:
    deployment = resources["Deployment"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == labels
    assert resources["Service"]["spec"]["selector"] == labels
    assert resources["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    target = resources["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("Deployment", deployment["metadata"]["name"])
    assert [port["targetPort"] for port in resources["Service"]["spec"]["ports"]] == ["http"]
    assert {port["name"] for port in container["ports"]} == {"http"}
    assert resources["Namespace"]["metadata"]["name"] == loaded("kustomization.yaml")["namespace"]


def test_the_image_is_that_of_this_version() -> None:
    assert loaded("kustomization.yaml")["images"] == [{"name": "inkdigits", "newTag": __version__}]


def test_the_settings_are_settings(
    pod: dict[str, Any], container: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for setting in container["env"]:
        assert setting["name"].removeprefix(PREFIX).lower() in Settings.model_fields
        monkeypatch.setenv(setting["name"], setting["value"])
    settings = Settings()
    assert settings.port == container["ports"][0]["containerPort"]
    assert settings.drain + GRACE < pod["terminationGracePeriodSeconds"]
    # Else the cluster would set INKDIGITS_PORT to the address of the service.
    assert pod["enableServiceLinks"] is False


def test_the_probes_are_routes(container: dict[str, Any], app: Flask) -> None:
    probes = [container[f"{name}Probe"] for name in ("startup", "readiness", "liveness")]
    with app.test_client() as client:
        for probe in probes:
            assert probe["httpGet"]["port"] == "http"
            assert client.get(probe["httpGet"]["path"]).status_code == 200


def test_the_pod_is_restricted(
    resources: dict[str, dict[str, Any]], pod: dict[str, Any], container: dict[str, Any]
) -> None:
    """As the pod security standard `restricted` asks, which the namespace enforces; and more."""
    assert resources["Namespace"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert pod["securityContext"] | {"runAsUser": 1, "runAsGroup": 1} == {
        "runAsNonRoot": True, "runAsUser": 1, "runAsGroup": 1, "seccompProfile": {"type": "RuntimeDefault"}
    }  # fmt: skip
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert all("emptyDir" in volume for volume in pod["volumes"])
    assert pod["automountServiceAccountToken"] is False
    assert container["resources"]["limits"]["memory"] == "512Mi"


def test_a_pod_is_always_left(resources: dict[str, dict[str, Any]]) -> None:
    least = resources["HorizontalPodAutoscaler"]["spec"]["minReplicas"]
    assert least > resources["PodDisruptionBudget"]["spec"]["maxUnavailable"]
    assert resources["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert "replicas" not in resources["Deployment"]["spec"]
