import subprocess
import sys

import tradetarget


def test_every_public_name_can_be_had() -> None:
    for name in tradetarget.__all__:
        assert getattr(tradetarget, name) is not None


def test_an_unknown_attribute_is_an_attribute_error() -> None:
    assert not hasattr(tradetarget, "nonsense")


def test_dir_lists_the_public_names_alone_each_once() -> None:
    assert dir(tradetarget) == sorted(set(tradetarget.__all__))


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, tradetarget; print([m for m in ('numpy','pandas','scipy','statsmodels') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_version_is_the_distributions() -> None:
    assert tradetarget.__version__.count(".") == 2
