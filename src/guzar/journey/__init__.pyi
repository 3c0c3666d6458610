"""What commands take from the journey, and where it lies; read by type checkers, and by `__init__.py` when it is asked."""

from guzar.analyse.combinable import CombineQuestion
from guzar.analyse.combined_sources import CombinedSources
from guzar.analyse.counts_of_records import Counted
from guzar.analyse.durations import groups_of_durations
from guzar.analyse.hidden_groups import Bounds, BoundsQuestion
from guzar.analyse.population_balance import Account, AccountLine
from guzar.analyse.survey_estimates import SurveyEstimates, SurveyQuestion
from guzar.collect.sources import layouts
from guzar.define.migration_concepts import CONCEPTS, RULES_IN_WORDS
from guzar.journey.ages import (
    FittedAges,
    about_ages,
    about_shared_ages,
    fit_ages_of_file,
    net_by_age_of_files,
    share_persons_by_age,
    tell_ages,
)
from guzar.journey.asking import (
    allocate_receipts,
    check_shipped_claims,
    check_sources,
    decompose_share,
    find_edition,
    judge_claims,
    load_corridor_prices,
    load_figures,
    load_price_quotes,
    load_price_targets,
    load_quoted_prices,
    load_share_decompositions,
    load_source_doubts,
    load_treaty_standings,
    measure_allocated_stock,
    read_claimed_regions,
    read_claims,
)
from guzar.journey.balancing import Balance, OwnTables, balance_area
from guzar.journey.bounding import about_bounds, bound_file, tell_bounds
from guzar.journey.bridging import Bridges, bridge_files
from guzar.journey.collecting import (
    DAYS_AHEAD,
    DESCRIBED,
    HELD_ALREADY,
    Collected,
    CollectedLive,
    ask_described_service,
    collect_delivery,
    collect_described,
    collect_live,
    live_series_count,
    open_file_delivery,
)
from guzar.journey.collecting_records import CollectedRecords, collect_records
from guzar.journey.combining import about_combined, combine_file, tell_combined
from guzar.journey.comparing import (
    Compared,
    compare_named_releases,
    compare_stored,
    find_release,
    releases_before,
)
from guzar.journey.counting import MEASURE_NAMES, count_file, limits_of_counts, tell_counts
from guzar.journey.counts_in_files import name_of_table
from guzar.journey.drawn_flows import DRAWN_WEIGHT, PUBLISHED_WEIGHT
from guzar.journey.earlier_clusters import EarlierLinkage, read_earlier_linkage
from guzar.journey.earlier_linkage import FoundAgain, about_clusters, carry_on
from guzar.journey.fitting import about_fitted, fit_margins_of_files, fit_net_of_files, tell_fitted
from guzar.journey.forgetting import forget_persons
from guzar.journey.held_tables import (
    earlier_in_workspace,
    held_at_older_editions,
    hold_protected,
    let_out_held,
)
from guzar.journey.imputing import Imputed, impute
from guzar.journey.indices import Indices, indices_of_files
from guzar.journey.linking import link_files, open_backend, read_person_records
from guzar.journey.linking_outputs import Outputs, written_together
from guzar.journey.linking_workspace import (
    add_person_crossings,
    add_person_permits,
    describe_persons_of,
    link_identities_of,
    require_all_linked,
    write_person_crossings,
)
from guzar.journey.made_up_people import RELEASE_OF_RECORDS, MadeUpPeople, run_made_up_people
from guzar.journey.planned_erasure import ErasureOrder, Forgotten
from guzar.journey.processing import (
    PROCESSED,
    analyse_observations,
    held_definitions,
    learn_definitions,
    load_destination_evidence,
    load_observations,
    process_collected,
)
from guzar.journey.protecting import as_one_table, attack_files, earlier_in_file, protect_records, run_task
from guzar.journey.protection_tasks import ProtectionTask, declared_task, described_task
from guzar.journey.provisional import REVISIONS, Provisional, expect_months
from guzar.journey.pseudonymising import Pseudonymised, find_files, find_leaks, pseudonymise_delivery
from guzar.journey.publication import Published, ReleaseTables
from guzar.journey.reconciling import (
    Reconciled,
    ReconcileQuestion,
    about_reconciled,
    reconcile_file,
    tell_reconciled,
)
from guzar.journey.record_delivery import RecordDelivery, fetch_delivery
from guzar.journey.registering import Registered, count_held_parts, register_crossings
from guzar.journey.releasing import (
    holds_shipped_figures,
    load_release_tables,
    publish_release,
)
from guzar.journey.reporting_quality import files_beside, report_quality, write_quality_report
from guzar.journey.residing import Moved, Residing, pair_stays, reside
from guzar.journey.self_testing import SelfTested, self_test_imputation
from guzar.journey.serving import open_served, publish_for_service
from guzar.journey.status_words import FAILED, REASON_WORDS, STATUS_WORDS, TEST_WORDS
from guzar.journey.stock_flows import (
    CLOSED_METHODS,
    UNBALANCED_METHODS,
    FlowQuestion,
    FlowsOfStocks,
    about_flows,
    flows_from_files,
    tell_flows,
)
from guzar.journey.surveying import (
    SURVEY_MEASURE_NAMES,
    about_estimates,
    estimate_file,
    estimate_held,
    tell_estimates,
)
from guzar.process.link import Linked, link_records
from guzar.process.link_earlier import Carried
from guzar.process.link_quality import quality_of_links, sample_for_review
from guzar.process.missing_exits.draws import DRAWS
from guzar.process.missing_exits.link_errors import LinkErrors
from guzar.process.missing_exits.self_test import SELF_TEST_DRAWS, Verdict
from guzar.process.missing_exits.statuses import ASSUMPTIONS
from guzar.process.residence import Tally
from guzar.process.residence_rule import Readings, ResidenceRule, days_of_rule, readings_of, rule_as_asked
from guzar.protect.attack_release import Attacked
from guzar.protect.release_blurred import make_secret
from guzar.protect.release_counts import Protected
from guzar.protect.released_cells import ReleasedTable
from guzar.protect.report_page import write_report_page
from guzar.protect.samples import SampleRules

__all__ = [
    "ASSUMPTIONS",
    "CLOSED_METHODS",
    "CONCEPTS",
    "DAYS_AHEAD",
    "DESCRIBED",
    "DRAWN_WEIGHT",
    "DRAWS",
    "FAILED",
    "HELD_ALREADY",
    "MEASURE_NAMES",
    "PROCESSED",
    "PUBLISHED_WEIGHT",
    "REASON_WORDS",
    "RELEASE_OF_RECORDS",
    "REVISIONS",
    "RULES_IN_WORDS",
    "SELF_TEST_DRAWS",
    "STATUS_WORDS",
    "SURVEY_MEASURE_NAMES",
    "TEST_WORDS",
    "UNBALANCED_METHODS",
    "Account",
    "AccountLine",
    "Attacked",
    "Balance",
    "Bounds",
    "BoundsQuestion",
    "Bridges",
    "Carried",
    "Collected",
    "CollectedLive",
    "CollectedRecords",
    "CombineQuestion",
    "CombinedSources",
    "Compared",
    "Counted",
    "EarlierLinkage",
    "ErasureOrder",
    "FittedAges",
    "FlowQuestion",
    "FlowsOfStocks",
    "Forgotten",
    "FoundAgain",
    "Imputed",
    "Indices",
    "LinkErrors",
    "Linked",
    "MadeUpPeople",
    "Moved",
    "Outputs",
    "OwnTables",
    "Protected",
    "ProtectionTask",
    "Provisional",
    "Pseudonymised",
    "Published",
    "Readings",
    "ReconcileQuestion",
    "Reconciled",
    "RecordDelivery",
    "Registered",
    "ReleaseTables",
    "ReleasedTable",
    "ResidenceRule",
    "Residing",
    "SampleRules",
    "SelfTested",
    "SurveyEstimates",
    "SurveyQuestion",
    "Tally",
    "Verdict",
    "about_ages",
    "about_bounds",
    "about_clusters",
    "about_combined",
    "about_estimates",
    "about_fitted",
    "about_flows",
    "about_reconciled",
    "about_shared_ages",
    "add_person_crossings",
    "add_person_permits",
    "allocate_receipts",
    "analyse_observations",
    "as_one_table",
    "ask_described_service",
    "attack_files",
    "balance_area",
    "bound_file",
    "bridge_files",
    "carry_on",
    "check_shipped_claims",
    "check_sources",
    "collect_delivery",
    "collect_described",
    "collect_live",
    "collect_records",
    "combine_file",
    "compare_named_releases",
    "compare_stored",
    "count_file",
    "count_held_parts",
    "days_of_rule",
    "declared_task",
    "decompose_share",
    "describe_persons_of",
    "described_task",
    "earlier_in_file",
    "earlier_in_workspace",
    "estimate_file",
    "estimate_held",
    "expect_months",
    "fetch_delivery",
    "files_beside",
    "find_edition",
    "find_files",
    "find_leaks",
    "find_release",
    "fit_ages_of_file",
    "fit_margins_of_files",
    "fit_net_of_files",
    "flows_from_files",
    "forget_persons",
    "groups_of_durations",
    "held_at_older_editions",
    "held_definitions",
    "hold_protected",
    "holds_shipped_figures",
    "impute",
    "indices_of_files",
    "judge_claims",
    "layouts",
    "learn_definitions",
    "let_out_held",
    "limits_of_counts",
    "link_files",
    "link_identities_of",
    "link_records",
    "live_series_count",
    "load_corridor_prices",
    "load_destination_evidence",
    "load_figures",
    "load_observations",
    "load_price_quotes",
    "load_price_targets",
    "load_quoted_prices",
    "load_release_tables",
    "load_share_decompositions",
    "load_source_doubts",
    "load_treaty_standings",
    "make_secret",
    "measure_allocated_stock",
    "name_of_table",
    "net_by_age_of_files",
    "open_backend",
    "open_file_delivery",
    "open_served",
    "pair_stays",
    "process_collected",
    "protect_records",
    "pseudonymise_delivery",
    "publish_for_service",
    "publish_release",
    "quality_of_links",
    "read_claimed_regions",
    "read_claims",
    "read_earlier_linkage",
    "read_person_records",
    "readings_of",
    "reconcile_file",
    "register_crossings",
    "releases_before",
    "report_quality",
    "require_all_linked",
    "reside",
    "rule_as_asked",
    "run_made_up_people",
    "run_task",
    "sample_for_review",
    "self_test_imputation",
    "share_persons_by_age",
    "tell_ages",
    "tell_bounds",
    "tell_combined",
    "tell_counts",
    "tell_estimates",
    "tell_fitted",
    "tell_flows",
    "tell_reconciled",
    "write_person_crossings",
    "write_quality_report",
    "write_report_page",
    "written_together",
]
