"""Every file of the reference cases is asked for by a test, or is named here with the reason why it is no target."""

from pathlib import Path

# Folder → the test that reads it; `{}` of a name stands for any text.
BY_TEST = {
    "example_abel_": "stock_flows/test_reference_cases.py",
    "example_simple_methods": "stock_flows/test_reference_cases.py",
    "random_n5": "stock_flows/test_reference_cases.py",
    "random_n50": "stock_flows/test_reference_cases.py",
    "example_ipf_": "fitting/test_reference_tables.py",
    "example_net_ex": "fitting/test_reference_tables.py",
    "example_indices": "test_migration_indices.py",
    "more_examples/birth_death_mat": "stock_flows/test_more_reference_tables.py",
    "more_examples/ffs_diff": "stock_flows/test_more_reference_tables.py",
    "more_examples/ffs_rates": "stock_flows/test_more_reference_tables.py",
    "more_examples/nb_non_zero": "stock_flows/test_more_reference_tables.py",
    "more_examples/block_matrix": "fitting/test_more_reference_tables.py",
    "more_examples/cm2": "fitting/test_more_reference_tables.py",
    "more_examples/cm3": "fitting/test_more_reference_tables.py",
    "more_examples/cm_net_tot": "fitting/test_more_reference_tables.py",
    "more_examples/ipf2_block": "fitting/test_more_reference_tables.py",
    "more_examples/ipf2_stripe": "fitting/test_more_reference_tables.py",
    "more_examples/ipf3": "fitting/test_more_reference_tables.py",
    "more_examples/ipf3_qi": "fitting/test_more_reference_tables.py",
    "more_examples/multi_comp": "test_sums_of_moves.py",
    "more_examples/rescale_net": "test_sums_of_moves.py",
    "more_examples/sum_expand": "test_sums_of_moves.py",
    "more_examples/sum_lump": "test_sums_of_moves.py",
    "more_examples/sum_region": "test_sums_of_moves.py",
}
# Files of a folder with tests in other modules: of the large worlds each module reads its own.
SHARED_BY = {
    "net_vital_statistics": "test_sums_of_moves.py",
    "net_rescaled": "test_sums_of_moves.py",
    "flows_for_indices": "test_migration_indices.py",
    "indices": "test_migration_indices.py",
    "population": "test_migration_indices.py",
    "ipf_": "fitting/test_reference_tables.py",
    "net_prior": "fitting/test_reference_tables.py",
    "net_targets": "fitting/test_reference_tables.py",
    "net_result": "fitting/test_reference_tables.py",
}
NO_TARGET = {
    "more_examples/quadratic_eqn": "an inner step of the peer's iteration; Newton's method on all factors takes its place",
    "README.md": "text",
    "out_meta.csv": "sweeps that the peer took, and where it stopped",
    "cm_net_tot/{}/out_theta.csv": "factors up to scale of tables that are compared themselves",
    "cm3/{}/out_theta.csv": "factors up to scale; of the call `three` they run away",
}
TESTS = Path(__file__).parent


def _is_no_target(name: str) -> bool:
    parts = (key.split("{}") for key in NO_TARGET)
    return any(all(part in name for part in each) for each in parts)


def _test_of(name: str) -> str | None:
    file = name.rpartition("/")[2]
    for start, test in SHARED_BY.items():
        if name.startswith(("random_n50/", "example_")) and file.startswith(start):
            return test
    folder = name.rpartition("/")[0]
    fitting = [key for key in BY_TEST if folder == key or folder.startswith((key + "/", key))]
    return BY_TEST[max(fitting, key=len)] if fitting else None


def test_every_reference_file_has_a_test(shared: Path) -> None:
    """A new folder or file fails here until a test reads it; the test that is named mentions the case."""
    root = shared / "golden" / "flow-estimation"
    files = sorted(each.relative_to(root).as_posix() for each in root.rglob("*") if each.is_file())
    assert files
    missing = [name for name in files if not _is_no_target(name) and _test_of(name) is None]
    assert not missing
    for name in (name for name in files if not _is_no_target(name)):
        test = _test_of(name)
        assert test is not None
        text = (TESTS / test).read_text(encoding="utf-8")
        if "stock_flows/test_reference_cases" in test:
            text += (TESTS / "stock_flows" / "reference_cases.py").read_text(encoding="utf-8")
        stem = name.rpartition("/")[2].partition(".")[0].removeprefix("out_").removeprefix("in_")
        case = name.split("/")[1] if name.startswith("more_examples") else stem
        words = (case, stem, stem.partition("_")[2] or stem, name.partition("/")[0])
        assert any(word in text for word in words), f"{name}: {test} does not read it"
