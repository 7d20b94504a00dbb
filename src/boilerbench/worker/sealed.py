"""`python PATH/worker/sealed.py COMMAND…`: becomes a program that is no Python worker of ours.

What a worker gives up is given up first; the kernel's filter and limits outlive the change of
program. Where the network cannot be refused to another program (see `sandbox`), the program learns
so from `BOILERBENCH_NETWORK`; and the harness, whatever the program says of itself, from the
descriptor that `BOILERBENCH_SEAL_FD` names.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from boilerbench.worker import sandbox

    sandbox.die_with_parent()
    sandbox.no_core_dump()
    sealed = sandbox.seal_network()
    network = os.environ["BOILERBENCH_NETWORK"] = sealed if sealed == "seccomp" else "open"
    if report := os.environ.pop("BOILERBENCH_SEAL_FD", None):
        with os.fdopen(int(report), "w") as told:  # closed before there is another program
            told.write(network)
    try:
        os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - a program, not a shell's line
    except OSError as problem:
        sys.exit(f"cannot start {sys.argv[1]}: {problem.strerror}")
