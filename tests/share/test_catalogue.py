"""Catalogues of a release: the fields that DCAT-AP and search engines for data require, and files that are there."""

import json

import pytest

DATE = "2026-11-21"
# DCAT-AP 3.0: mandatory of a catalogue, a dataset, a distribution; and what it recommends that a release knows.
OF_CATALOGUE = {"dct:title", "dct:description", "dct:publisher", "dcat:dataset", "dct:issued", "dct:language"}
OF_DATASET = {
    "dct:title",
    "dct:description",
    "dcat:distribution",
    "dcat:keyword",
    "dct:publisher",
    "dct:spatial",
    "dct:temporal",
    "dct:identifier",
    "dct:accessRights",
}
OF_DISTRIBUTION = {"dcat:accessURL", "dcat:downloadURL", "dct:license", "dct:format", "dcat:mediaType"}
# Google Dataset Search: required, then recommended.
OF_SCHEMA = {"name", "description", "license", "creator", "keywords", "temporalCoverage", "spatialCoverage"}


@pytest.fixture
def dcat(release) -> dict:
    return json.loads((release / "catalogue.jsonld").read_text(encoding="utf-8"))


@pytest.fixture
def schema(release) -> dict:
    return json.loads((release / "dataset.jsonld").read_text(encoding="utf-8"))


def test_dcat_has_what_its_profile_requires(dcat, release):
    assert set(dcat) >= OF_CATALOGUE
    assert [one["@id"] for one in dcat["dcat:dataset"]] == ["#migrant_stocks", "#population"]
    for dataset in dcat["dcat:dataset"]:
        assert set(dataset) >= OF_DATASET
        assert [text["@language"] for text in dataset["dct:title"]] == ["en", "ru"]
        for one in dataset["dcat:distribution"]:
            assert set(one) >= OF_DISTRIBUTION
            assert (release / one["dcat:downloadURL"]["@id"]).is_file()
            assert (release / one["dct:license"]["@id"]).is_file()


def test_every_prefix_of_dcat_is_declared(dcat):
    prefixes = set(dcat["@context"])

    def walk(node) -> None:
        if isinstance(node, dict):
            for name, below in node.items():
                if ":" in name and not name.startswith("http"):
                    assert name.partition(":")[0] in prefixes
                walk(below)
        elif isinstance(node, list):
            for one in node:
                walk(one)

    walk({name: below for name, below in dcat.items() if name != "@context"})


def test_titles_and_keywords_are_in_both_languages(dcat):
    title = {text["@language"]: text["@value"] for text in dcat["dcat:dataset"][0]["dct:title"]}
    assert title == {"en": "Migrant stocks", "ru": "Численность мигрантов"}
    words = dcat["dcat:dataset"][0]["dcat:keyword"]
    assert {word["@value"] for word in words if word["@language"] == "ru"} & {"миграция"}


def test_schema_org_has_what_search_engines_require(schema, release):
    assert schema["@context"] == "https://schema.org/"
    for dataset in schema["dataset"]:
        assert set(dataset) >= OF_SCHEMA
        assert 50 <= len(dataset["description"]) <= 5000
        assert dataset["temporalCoverage"].split("/") == sorted(dataset["temporalCoverage"].split("/"))
        for one in dataset["distribution"]:
            assert (release / one["contentUrl"]).is_file()
            assert "/" in one["encodingFormat"]
