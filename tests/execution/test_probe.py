import sys
import time

from boilerbench.execution.probe import probed
from boilerbench.extractors.specs import spec
from boilerbench.types import ExtractorSpec


def command(name, program):
    return ExtractorSpec(name, "", command=(sys.executable, "-c", program))


def test_those_that_start_say_what_they_are_and_the_others_why_not():
    said, reasons = probed(
        [
            spec("nothing"),
            spec("trafilatura[no_such_option=1]"),
            command("dead", "raise SystemExit(3)"),
        ]
    )
    assert said["nothing"]["ready"] is True
    assert "no_such_option" in reasons["trafilatura[no_such_option=1]"]
    assert reasons["dead"] == "does not start: the process exited with status 3"
    assert set(said) | set(reasons) == {"nothing", "trafilatura[no_such_option=1]", "dead"}


def test_one_that_hangs_is_given_up_and_stops_nobody():
    begun = time.monotonic()
    hang = "import time; time.sleep(600)"
    said, reasons = probed([command("slow", hang), command("slower", hang), spec("nothing")], 2)
    assert reasons["slow"] == "does not start within 2 s"
    assert set(reasons) == {"slow", "slower"}
    assert set(said) == {"nothing"}
    assert time.monotonic() - begun < 300


def test_nobody_asked():
    assert probed([]) == ({}, {})
