import pytest

from boilerbench.errors import UserError
from boilerbench.gates import Floor, Gates, load_gates
from boilerbench.resources import shipped

WHOLE = """
description = "all keys"
baseline = "mine"
corpora = ["c", "d"]
extractors = ["x"]
[tolerance]
default = 0.01
shingle = 0.02
"shingle[n=5]" = 0.03
[cost]
reference = "y"
tolerance = 1
[[floor]]
corpus = "c"
extractor = "x"
metric = "token"
at = 0.85
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        (tmp_path / "gates.toml").write_text(text, "utf-8")
        return load_gates(tmp_path / "gates.toml")

    return load


def test_all_keys(load):
    gates = load(WHOLE)
    assert gates == Gates(
        "mine",
        ("c", "d"),
        ("x",),
        {"default": 0.01, "shingle": 0.02, "shingle[n=5]": 0.03},
        "y",
        1.0,
        (Floor("c", "x", "token", 0.85),),
    )
    assert [gates.tolerance(n) for n in ("token", "shingle", "shingle[n=5]", "shingle[n=6]")] == [
        *(0.01, 0.02, 0.03, 0.02)
    ]
    assert gates.floor("c", "x", "token[norm=lower]") == 0.85
    assert gates.floor("c", "z", "token") is None


def test_an_empty_file_is_the_default(load):
    assert load("") == Gates()
    assert Gates().tolerance("token") > 0


def test_those_of_the_project_are_right():
    assert load_gates(shipped("bench") / "gates.toml").baseline == "default"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tolerence = 1", r"unknown key 'tolerence'\n.*did you mean tolerance"),
        ("[tolerance]\ntokn = 0.1", r"unknown metric 'tokn'\n.*did you mean token"),
        ("[tolerance]\ntoken = -1", "tolerance.token must be a number from 0 to 1, not -1"),
        ("[tolerance]\ntoken = true", "must be a number"),
        ("[tolerance]\ntoken = nan", "must be a number"),
        ("tolerance = 0.1", "tolerance must be a table"),
        ("[cost]\nrefrence = 'y'", r"unknown key in \[cost\] 'refrence'\n.*did you mean reference"),
        ("[cost]\nreference = 3", "cost.reference must be"),
        ("baseline = 3", "baseline must be"),
        ("corpora = 'c'", "corpora must be a list"),
        ("floor = 0.8", "floors are tables"),
        ("[[floor]]\ncorpus = 'c'\nextractor = 'x'\nmetric = 'token'", "floor 1 lacks 'at'"),
        ("[[floor]]\ncorpus = 'c'\nextractor = 'x'\nmetric = 'tokens'\nat = 1", "did you mean"),
        ("[[floor]]\ncorpus = 3\nextractor = 'x'\nmetric = 'token'\nat = 1", "must be a name"),
        (WHOLE.replace('["c", "d"]', '["d"]'), "floor 1: its corpus 'c' is not among corpora"),
        (WHOLE.replace('["x"]', '["y"]'), "floor 1: its extractor 'x' is not among extractors"),
        ("[tolerance]\n'shingle[nn=5' = 0.1", "shingle.nn=5"),
        ("[tolerance]\n'shingle[nn=5]' = 0.1", "nn"),
        (
            "[tolerance]\n'shingle[n=5,tok=char]' = 0.1\n'shingle[tok=char,n=5]' = 0.2",
            r"two tolerances of shingle\[tok=char,n=5\]",
        ),
        (WHOLE + WHOLE[WHOLE.index("[[floor]]") :], "there is one of c, x, token"),
        ("a = ", "cannot read"),
    ],
)
def test_bad_gates_are_one_clear_message(load, text, says):
    with pytest.raises(UserError, match=says):
        load(text)


def test_a_gate_for_nobody_would_stand_open():
    gates = Gates(floors=(Floor("gazete", "x", "token", 0.5),))
    with pytest.raises(UserError, match="did you mean gazette"):
        gates.check_names(["gazette"], ["x"])
    with pytest.raises(UserError, match="unknown extractor in the gates 'z'"):
        Gates(reference="z").check_names(["c"], ["x"])
