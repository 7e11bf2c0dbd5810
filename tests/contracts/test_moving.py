"""Whatever is installed is carried out of the house, or named with the reason why not."""

import json
from pathlib import Path

from django.apps import apps
from django.db.models import BigAutoField

from wardwright import config
from wardwright.platform.moving.canon import LEFT_OUT, carried, columns_of, kind_of
from wardwright.platform.moving.guide import guide

REGISTERS = json.loads((Path(config.__file__).parent / "data" / "registers.json").read_text())


def test_every_table_is_carried_or_left_out_for_a_reason():
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("wardwright.")}
    foreign = {model._meta.app_label for model in apps.get_models(include_auto_created=True)} - ours
    assert foreign - LEFT_OUT.keys() == set(), "carry these too, or name them in moving.canon.LEFT_OUT with the reason"
    assert ours & LEFT_OUT.keys() == set()


def test_every_column_has_a_kind_that_can_be_carried():
    kinds = {kind_of(column) for model in carried() for column in columns_of(model)}
    assert kinds >= {"text", "integer", "moment", "bytes", "json", "decimal"}


def test_counters_are_those_that_are_set_again():
    assert {type(model._meta.pk) for model in carried() if model._meta.pk.get_internal_type() == "BigAutoField"} == {
        BigAutoField
    }


def test_the_guide_explains_every_table_and_column():
    words = guide(carried(), with_keys=False).decode()
    for model in carried():
        assert f"### tables/{model._meta.db_table}.jsonl" in words
        assert [column.column for column in columns_of(model) if f"| `{column.column}` |" not in words] == []


def test_every_register_names_columns_that_there_are():
    for register in REGISTERS:
        model = apps.get_model(register["model"])
        assert str(model._base_manager.values_list(*register["columns"].values()).query)
    assert len({register["name"] for register in REGISTERS}) == len(REGISTERS)
