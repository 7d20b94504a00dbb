"""`python PATH/worker/__main__.py`: the worker process.

It is started by path, because the environment it runs in need not have boilerbench: the package is
found beside this file, and only the parts that need nothing but the standard library are used.
"""

import importlib.util
import sys
import time
from pathlib import Path

STARTED = time.perf_counter()


def _find_package() -> None:
    """Make `import boilerbench` find this package, without putting its folder on sys.path, where
    everything beside it would come along."""
    del sys.path[0]  # this folder: its module names must not hide a library's
    package = Path(__file__).resolve().parent.parent
    spec = importlib.util.spec_from_file_location(
        "boilerbench", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["boilerbench"] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    _find_package()
    from boilerbench.worker.loop import main

    main(STARTED)
