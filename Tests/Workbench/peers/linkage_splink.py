"""Links a table with splink on DuckDB and says how well, as `portal identity evaluate --json` does.

    linkage_splink.py RECORDS.csv TRUTH.csv [--threshold P] [--number]

The columns are FEBRL's. The model is that of splink's own demonstrations on FEBRL: names by Jaro and Winkler, dates and
postcodes by edits, trained by expectation and maximisation on the records themselves. --number uses soc_sec_id as well.
Pairs are joined to people as ours are, so that both count people put together of several.
"""
import argparse, csv, json, logging, resource, time, warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
start = time.perf_counter()

import pandas
import splink.comparison_library as compare
from splink import Linker, SettingsCreator, block_on
from splink.internals.duckdb.database_api import DuckDBAPI


def roots(count, pairs):
    parent = list(range(count))

    def root(at):
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at
    for one, two in pairs:
        one, two = root(one), root(two)
        if one != two:
            parent[max(one, two)] = min(one, two)
    return [root(at) for at in range(count)]


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("records")
    ask.add_argument("truth")
    ask.add_argument("--threshold", type=float, default=0.999)
    ask.add_argument("--number", action="store_true")
    a = ask.parse_args()
    table = pandas.read_csv(a.records, dtype=str, skipinitialspace=True)
    table.columns = [name.strip() for name in table.columns]
    table = table.astype(object).where(table.notna(), None)
    blocks = [block_on("given_name", "surname"), block_on("date_of_birth"), block_on("postcode", "street_number"),
              block_on("surname", "postcode"), block_on("given_name", "postcode"), block_on("address_1", "street_number")]
    comparisons = [
        compare.NameComparison("given_name"), compare.NameComparison("surname"),
        compare.LevenshteinAtThresholds("date_of_birth", [1, 2]),
        compare.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        compare.LevenshteinAtThresholds("postcode", [1, 2]),
        compare.JaroWinklerAtThresholds("address_1", [.9, .8]), compare.JaroWinklerAtThresholds("suburb", [.9, .8])]
    if a.number:
        blocks.append(block_on("soc_sec_id"))
        comparisons.append(compare.LevenshteinAtThresholds("soc_sec_id", [1, 2]))
    linker = Linker(DuckDBAPI().register(table, table_name="records"), SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="rec_id", comparisons=comparisons,
        blocking_rules_to_generate_predictions=blocks, retain_intermediate_calculation_columns=False))
    sure = [block_on("given_name", "surname", "date_of_birth"), block_on("surname", "date_of_birth", "postcode")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for column in ("date_of_birth", "postcode"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    found = linker.inference.predict(threshold_match_probability=a.threshold).as_pandas_dataframe()
    places = {name: place for place, name in enumerate(table.rec_id)}
    pairs = [(places[one], places[two]) for one, two in zip(found.rec_id_l, found.rec_id_r)]
    with open(a.truth) as file:
        truth = [(places[row[0].strip()], places[row[1].strip()]) for row in list(csv.reader(file))[1:]]
    people, owners = roots(len(table), pairs), roots(len(table), truth)

    def pairwise(linked, correct):
        precision, recall = correct / max(linked, 1), correct / len(truth)
        return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(precision + recall, 1e-9)}
    sizes, seen, mixed = {}, {}, set()
    for record, person in enumerate(people):
        sizes[person] = sizes.get(person, 0) + 1
        if seen.setdefault(person, owners[record]) != owners[record]:
            mixed.add(person)
    known = {(min(pair), max(pair)) for pair in truth}
    direct = {(min(pair), max(pair)) for pair in pairs}
    print(json.dumps({
        "evaluation": {**pairwise(sum(size * (size - 1) // 2 for size in sizes.values()),
                                  sum(people[one] == people[two] for one, two in truth)),
                       "overMergedClusters": len(mixed), "records": len(table), "truePairs": len(truth)},
        "direct": pairwise(len(direct), len(direct & known)),
        "model": "splink", "threshold": a.threshold, "seconds": time.perf_counter() - start,
        "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


main()
