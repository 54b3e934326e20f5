"""Recorded maps of names."""

from __future__ import annotations

import pytest

from engine.errors import SettingError
from engine.importers.names import renamed, rule, rules
from engine.importers.section import fault

VGG = {
    "stage1.conv": "features.0",
    "stage{s}.{i}.conv": "features.{5 * s - 9 + 2 * i}",
    "fc{n}": "classifier.{3 * (n - 1)}",
}


@pytest.mark.parametrize(
    ("table", "ours", "theirs"),
    [
        ({"{block...}.downsample_bn": "{block}.downsample.1"}, "layer1.0.downsample_bn.weight", "layer1.0.downsample.1.weight"),
        ({"{block...}.downsample_bn": "{block}.downsample.1"}, "layer1.0.downsample.weight", "layer1.0.downsample.weight"),
        ({"block{s}.{i}": "denseblock{s}.denselayer{i + 1}"}, "block2.9.norm1.bias", "denseblock2.denselayer10.norm1.bias"),
        ({"fc": "head.fc"}, "fc.weight", "head.fc.weight"),
        ({"fc": "head.fc"}, "fc2.weight", "fc2.weight"),
        ({"fc": "head", "f{x}": "no"}, "fc.bias", "head.bias"),
        ({"b.{i}.attn.in_proj_weight": "b.{i}.attn.qkv.weight"}, "b.3.attn.in_proj_weight", "b.3.attn.qkv.weight"),
        (VGG, "stage1.conv.weight", "features.0.weight"),
        (VGG, "stage3.1.conv.bias", "features.8.bias"),
        (VGG, "fc3.bias", "classifier.6.bias"),
    ],
)  # fmt: skip
def test_a_name_is_what_the_first_fitting_rule_makes_of_it(table: dict[str, str], ours: str, theirs: str) -> None:
    assert renamed(ours, rules(table)) == theirs


@pytest.mark.parametrize(
    ("pattern", "target"),
    [
        ("{a}{b}{c}{d}{e}", ""),
        ("{a...}.{b...}", ""),
        ("{a}.{a}", ""),
        ("{1}", ""),
        ("{a²}", ""),
        ("", "x"),
        ("x" * 400, ""),
        ("{}", ""),
    ],
)
def test_a_pattern_that_cannot_be_understood_is_a_sentence(pattern: str, target: str) -> None:
    with pytest.raises(SettingError) as error:
        rule(pattern, target)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("target", ["{j}", "{i +}", "{__import__('os')}", "{i / 0}"])
def test_a_target_that_cannot_be_worked_out_is_a_sentence(target: str) -> None:
    with pytest.raises(SettingError):
        renamed("a.3.b", rules({"a.{i}": target}))


@pytest.mark.parametrize(
    ("section", "where"),
    [
        ({"file": "../../etc/passwd"}, "file"),
        ({"file": "imported/../x.safetensors"}, "file"),
        ({"file": 3}, "file"),
        ({"from": ["x"]}, "from"),
        ({"names": []}, "names"),
        ({"names": {"order": {}}}, "names"),
        ({"names": {"timm": {"a": 3}}}, "names"),
        ({"name": {}}, "name"),
    ],
)
def test_a_section_that_names_a_file_elsewhere_or_no_map_is_refused(section: object, where: str) -> None:
    assert fault(section)[1] == where


def test_a_sound_section_has_no_fault() -> None:
    section = {
        "names": {"torchvision": VGG},
        "file": "imported/0123456789abcdef.safetensors",
        "from": "a.pth",
        "by": "order",
    }
    assert fault(section) == ("", "")
