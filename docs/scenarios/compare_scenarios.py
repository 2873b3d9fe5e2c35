"""What would bring ten billion dollars forward? Copy this file and change the series, the target and the scenarios.

python compare_scenarios.py            prints the table
python compare_scenarios.py out.csv    writes it as well
"""

import sys

import tradetarget as tt
from tradetarget.scenarios import Uniform

series = tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
target = tt.Target(10.0, unit="USD bn")

# Sizes are fractions ("5 %" and 0.05 are the same), or distributions that are drawn with the paths. Years are calendar
# years, or years after the last one of the data: 1 is the first year forecast.
scenarios = [
    tt.Scenario(
        "Border crossing",
        [tt.LevelEffect(Uniform(0.05, 0.15), start=2028, years=2, source="an assumption")],
        description="A new crossing lifts trade by 5 to 15 %, in full from its second year.",
    ),
    tt.Scenario(
        "Recession",
        [tt.LevelShock(Uniform(-0.331, -0.206), year=2027, recovery=3, source="the falls of 2009 and 2015")],
        description="One more recession like those of 2009 and 2015.",
    ),
    tt.Scenario("Crossing in a recession", parent="Recession", adjustments=[tt.LevelEffect(0.1, start=2028, years=2)]),
    tt.Scenario("Two points faster", [tt.GrowthShift("2 %")]),
]


def main(path: str | None = None) -> None:
    """Run the scenarios, print what they do to the answer, and write the table where a path is given."""
    comparison = tt.run_scenarios(series, target, scenarios, model="random-walk", horizon=15, seed=0)
    for name, answer in comparison.hitting_times.items():
        print(f"{name:25} median {answer.median}, {answer.probability_by(2030):.0%} by 2030")
    table = comparison.to_frame()
    if path is not None:
        table.to_csv(path, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:2])
