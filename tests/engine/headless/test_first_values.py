"""`lsuv` as a script would use it."""

import json

from engine.headless.commands import run


def test_it_writes_a_project_that_begins_so_and_tells_each_layer(tmp_path, capsys):
    out = tmp_path / "scaled.loom"
    assert run(["lsuv", "preset:lenet5", "--out", str(out), "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["layer"] for one in told[:-1]] == ["conv1", "conv2", "fc1", "fc2", "fc3"]
    assert all(abs(one["after"] - 1) < 0.1 for one in told[:-1])
    assert told[-1] == {"layers": 5, "samples": 256, "project": str(out)}
    section = json.loads(out.read_text())["weights"]
    assert (tmp_path / "scaled.runs" / section["file"]).is_file()


def test_a_preset_needs_a_file_to_be_written(tmp_path, capsys):
    assert run(["lsuv", "preset:lenet5"]) == 2
    assert "--out FILE.loom" in capsys.readouterr().err
    assert run(["lsuv", "preset:lenet5", "--out", str(tmp_path / "x.txt")]) == 2
