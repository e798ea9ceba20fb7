"""pyproject.toml, constraints.txt and environment.yml must ask for the same packages."""

import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINNED = [canonicalize_name(Requirement(line).name) for line in PINS]


def direct_requirements():
    """Return the requirements of the package and all its extras, without its own name."""
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    requirements = [Requirement(line) for group in groups for line in group]
    return [r for r in requirements if r.name != PROJECT["name"]]


def pins_of(name):
    """Return the lines of constraints.txt for a package: one, or one for each range of Python versions."""
    return [line for line, pinned in zip(PINS, PINNED, strict=True) if pinned == canonicalize_name(name)]


def conda_lines():
    """Return what environment.yml leaves to conda, and what to pip."""
    *conda, pip = CONDA["dependencies"]
    return conda, pip["pip"]


def test_constraints_are_names_and_exact_versions():
    assert PINS
    for line in PINS:
        requirement = Requirement(line)
        assert requirement.url is None, line
        assert [s.operator for s in requirement.specifier] == ["=="], line


@pytest.mark.parametrize("name", ["uv", "hatchling"])
def test_what_installs_the_package_is_pinned(name):
    assert pins_of(name)


@pytest.mark.parametrize("requirement", direct_requirements(), ids=lambda r: r.name)
def test_pin_is_within_what_pyproject_allows(requirement):
    pins = [Requirement(line) for line in pins_of(requirement.name)]
    assert pins, f"{requirement.name} is missing from constraints.txt: run `make lock`"
    for pin in pins:
        [version] = pin.specifier
        assert requirement.specifier.contains(version.version), f"{pin} breaks {requirement}"


def test_conda_environment_has_the_same_pins():
    _, pip_lines = conda_lines()
    wanted = [line for r in direct_requirements() for line in pins_of(r.name)]
    assert sorted(pip_lines) == sorted([*wanted, "-e .[all]"])


def test_conda_brings_python_and_pip_alone():
    conda, _ = conda_lines()
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]
    [python, pip] = conda
    assert pip == "pip"
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python ="))
