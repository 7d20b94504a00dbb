import subprocess
import sys

import pytest

from boilerbench.errors import UserError
from boilerbench.registry import Registry

SHAPES = Registry("shape", {"circle": "math:pi", "broken": "no_such_module_at_all:x"})


def test_a_name_loads_what_it_stands_for():
    assert SHAPES.load("circle") == pytest.approx(3.14159, abs=1e-5)


def test_nothing_is_imported_until_a_name_is_loaded():
    assert list(SHAPES) == ["circle", "broken"]
    assert len(SHAPES) == 2
    assert "broken" in SHAPES
    with pytest.raises(ModuleNotFoundError):
        SHAPES.load("broken")


def test_asking_for_the_metrics_imports_none_of_them():
    program = (
        "import sys; from boilerbench.metrics import METRICS; list(METRICS);"
        "loaded = {m for m in sys.modules if m.startswith('boilerbench.metrics.')};"
        "assert loaded == {'boilerbench.metrics.base'}, loaded;"
        "METRICS.load('token'); assert 'boilerbench.metrics.overlap' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_misspelt_name_is_answered_with_the_nearest():
    with pytest.raises(UserError, match=r"unknown shape 'Circel'") as caught:
        SHAPES.load("Circel")
    assert caught.value.hint == "did you mean circle?"


def test_a_name_like_no_other_is_answered_with_all():
    with pytest.raises(UserError) as caught:
        SHAPES.load("zzzzzz")
    assert caught.value.hint == "known: broken, circle"


def test_an_empty_registry_says_so():
    with pytest.raises(UserError) as caught:
        Registry("shape", {})["circle"]
    assert caught.value.hint == "no shape is known here"


def test_an_unknown_name_is_not_in_it():
    assert "square" not in SHAPES
    assert 5 not in SHAPES
