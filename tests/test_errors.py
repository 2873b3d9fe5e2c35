import pytest

from tradetarget import TradeTargetError, errors


def test_every_kind_is_caught_by_the_one_base_and_by_value_error() -> None:
    kinds = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, Exception)]
    kinds.remove(errors.TradeTargetWarning)
    assert len(kinds) > 5
    assert all(issubclass(k, TradeTargetError) and issubclass(k, ValueError) for k in kinds)


@pytest.mark.parametrize(
    ("wrong", "hint"), [("randomwalk", "did you mean 'random-walk'"), ("logit", "did you mean 'logistic'")]
)
def test_an_unknown_name_offers_the_nearest(wrong: str, hint: str) -> None:
    assert hint in str(errors.unknown_name("model", wrong, ["random-walk", "logistic", "monthly"]))


def test_an_unknown_name_with_nothing_near_lists_what_is_known() -> None:
    assert str(errors.unknown_name("flow", "zzz", ["exports", "imports"])).endswith("Known: exports, imports")
