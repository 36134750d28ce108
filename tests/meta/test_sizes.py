"""The hard bounds on sizes, which keep a module readable in one sitting."""

import ast
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[2]
PACKAGES = ("selfservice", "integrations", "loyalty_api", "simulators", "bench", "chaos")
MODULE_LINES = 300
FUNCTION_LINES = 50
VAGUE_NAMES = {"utils", "helpers", "common", "manager", "handler", "process", "data", "misc"}


def modules(*folders):
    return sorted(
        path for folder in folders for path in (CLONE / folder).rglob("*.py") if "migrations" not in path.parts
    )


def name_of(path):
    return str(path.relative_to(CLONE))


def functions(path):
    """Name and length of each function, decorators left out."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_modules_are_found():
    assert len(modules(*PACKAGES)) > 100


@pytest.mark.parametrize("folder", [*PACKAGES, "tests"])
def test_no_function_is_too_long(folder):
    found = [
        f"{name_of(path)}: {name} has {length} lines"
        for path in modules(folder)
        for name, length in functions(path)
        if length > FUNCTION_LINES
    ]

    assert found == []


@pytest.mark.parametrize("folder", PACKAGES)
def test_no_module_is_too_long(folder):
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in modules(folder)}

    assert {name: length for name, length in lengths.items() if length > MODULE_LINES} == {}


def test_no_module_has_a_name_that_says_nothing():
    assert [name_of(path) for path in modules(*PACKAGES) if path.stem in VAGUE_NAMES] == []


def test_every_package_says_in_one_docstring_what_lives_there():
    """Two hold more: selfservice loads the Celery application, and the contract is imported whole from one place."""
    holding_more = {CLONE / "selfservice", CLONE / "loyalty_api" / "contract"}
    for path in modules(*PACKAGES):
        if path.name == "__init__.py" and path.parent.name != "commands":
            tree = ast.parse(path.read_text())
            docstring = ast.get_docstring(tree)
            assert docstring, f"{name_of(path)} has no docstring"
            assert "\n\n" not in docstring, f"{name_of(path)} has more than one paragraph"
            assert len(tree.body) == 1 or path.parent in holding_more, f"{name_of(path)} holds code"


def test_exceptions_are_caught_by_name_but_for_the_boundaries():
    """Of tasks, of what alerts look at, and of the doors, which make an answer of whatever goes wrong."""
    places = (
        "delivery/dispatcher",
        "delivery/front",
        "kafka/storing",
        "braze/sweeping",
        "inbound/doors",
        "alerts/evaluating",
    )
    allowed = {f"integrations/{name}.py" for name in places}
    found = set()
    for path in modules("selfservice", "integrations", "loyalty_api"):
        for node in ast.walk(ast.parse(path.read_text())):
            is_broad = isinstance(node, ast.ExceptHandler) and (
                node.type is None
                or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
            )
            if is_broad and not any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node)):
                found.add(name_of(path))

    assert found <= allowed
