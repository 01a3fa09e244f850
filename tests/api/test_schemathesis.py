"""Every operation against its own document: no fault of the server, every answer as it was said."""

from __future__ import annotations

from typing import Any

import pytest

from lianshu.app.workspace import Workspace
from tests.api.conftest import Asker

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
EXAMPLES = 25


def operation_ids() -> list[str]:
    """Every operation of the document, read without Django: the capabilities and the fixed ones."""
    from lianshu.capability.registry import capabilities

    fixed = [
        "list_capabilities", "list_entries", "read_entry", "prove_entry", "read_checkpoint",
        "list_checkpoints", "capture_entries", "list_flows", "list_things", "read_order",
        "list_findings", "list_terms", "list_actions", "read_schema", "read_me",
    ]  # fmt: skip
    return [*fixed, *(f"run_{key}" for key in capabilities())]


@pytest.fixture(scope="module")
def operations(workspace: Workspace) -> dict[str, Any]:
    """Operations by id, called in this process through the whole WSGI stack."""
    schemathesis = pytest.importorskip("schemathesis")
    from lianshu.site.wsgi import application

    assert workspace.head().size
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", application, headers={"Host": "127.0.0.1"}
    )
    return {
        result.ok().definition.raw["operationId"]: result.ok()
        for result in schema.get_all_operations()
    }


def test_the_document_has_these_operations(operations: dict[str, Any]) -> None:
    assert sorted(operations) == sorted(operation_ids())


@pytest.mark.parametrize("name", operation_ids())
def test_each_operation_keeps_to_its_document(
    operations: dict[str, Any], tokens: dict[str, str], name: str
) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis.checks import not_a_server_error
    from schemathesis.generation import GenerationMode
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        ignored_auth,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
        unsupported_method,
    )

    checks = [
        not_a_server_error, status_code_conformance, content_type_conformance, ignored_auth,
        response_headers_conformance, response_schema_conformance, unsupported_method,
    ]  # fmt: skip
    headers = {"Authorization": f"Bearer {tokens['lead']}", "Host": "127.0.0.1"}
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        strategy = operations[name].as_strategy(generation_mode=mode)

        @given(case=strategy)
        @settings(
            max_examples=EXAMPLES,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def holds(case: Any) -> None:
            case.call_and_validate(checks=checks, headers=headers)

        holds()


def test_the_server_still_answers_after_it_all(
    tokens: dict[str, str], workspace: Workspace
) -> None:
    from lianshu.app.verifying import verify

    assert Asker(tokens["lead"]).get("/capabilities/stock").status_code == 200
    assert verify(workspace).valid
