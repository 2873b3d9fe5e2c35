import subprocess
import sys

import tradetarget


def test_every_public_name_can_be_had() -> None:
    for name in tradetarget.__all__:
        assert getattr(tradetarget, name) is not None


PROMISED = {
    tradetarget.TradeSeries: "from_annual from_monthly from_quarterly from_frame from_csv as_of reported_by annual",
    tradetarget.HittingTime: (
        "probability_by quantile median probability_within_horizon interval standard_error already_reached to_frame "
        "summary plot _repr_html_"
    ),
    tradetarget.Forecast: "hitting_time quantiles summary plot _repr_html_",
    tradetarget.ScenarioComparison: "to_frame summary plot _repr_html_",
    tradetarget.Required: "value interval summary plot",
    tradetarget.Paths: "levels log_levels years weights",
    tradetarget.datasets: "load load_promises",
    tradetarget.testing: "check_growth_model",
}


def test_what_is_promised_of_the_results_and_rooms_is_there() -> None:
    for owner, names in PROMISED.items():
        fields = getattr(owner, "__dataclass_fields__", {})
        assert [n for n in names.split() if not hasattr(owner, n) and n not in fields] == []


def test_an_unknown_attribute_is_an_attribute_error() -> None:
    assert not hasattr(tradetarget, "nonsense")


def test_dir_lists_the_public_names_alone_each_once() -> None:
    assert dir(tradetarget) == sorted(set(tradetarget.__all__))


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, tradetarget; print([m for m in ('numpy','pandas','scipy','statsmodels') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_version_is_the_distributions() -> None:
    assert tradetarget.__version__.count(".") == 2
