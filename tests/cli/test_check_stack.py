# SPDX-License-Identifier: GPL-2.0-or-later
"""kernel-hooks/check-stack.py on made-up call graphs."""

import subprocess
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "kernel-hooks" / "check-stack.py"
HOOK = "/b/hook.c:hvd_crash_stop_other_cpus"


def graph(folder, sizes, calls):
    """Write a call graph as gcc's -fcallgraph-info=su does, one file for all."""
    lines = [f'node: {{ title: "{name}" label: "{name}\\n/b/hook.c:1:1\\n{size}" }}'
             for name, size in sizes.items()]
    lines += [f'edge: {{ sourcename: "{caller}" targetname: "{callee}" label: "/b/hook.c:2:2" }}'
              for caller, callee in calls]
    (folder / "hook.ci").write_text("\n".join(lines) + "\n")


def check(folder, limit=1024):
    """Run it; (exit status, all output)."""
    done = subprocess.run([SCRIPT, "--limit", str(limit), folder], capture_output=True,
                          text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_deepest_path_counts(tmp_path):
    graph(tmp_path, {HOOK: "24 bytes (static)", "a": "100 bytes (static)",
                     "b": "40 bytes (static)", "c": "50 bytes (static)"},
          [(HOOK, "a"), (HOOK, "b"), ("b", "c")])
    assert check(tmp_path, 124) == (
        0, "stack below the hook: 124 of 124 bytes: hvd_crash_stop_other_cpus -> a\n")
    assert check(tmp_path, 123)[0] == 1


def test_a_forbidden_function_is_found_below_the_hook_only(tmp_path):
    sizes = {HOOK: "24 bytes (static)", "a": "8 bytes (static)", "init": "8 bytes (static)"}
    graph(tmp_path, sizes, [(HOOK, "a"), ("a", "memcpy"), ("init", "_printk")])
    assert check(tmp_path)[0] == 0
    graph(tmp_path, sizes, [(HOOK, "a"), ("a", "_printk")])
    assert check(tmp_path) == (1, "check-stack: a calls _printk\n")


def test_a_call_by_pointer_is_allowed_in_two_places_only(tmp_path):
    sizes = {HOOK: "24 bytes (static)", "a": "8 bytes (static)",
             "hvd_hypercall": "8 bytes (static)"}
    graph(tmp_path, sizes, [(HOOK, "__indirect_call"), (HOOK, "hvd_hypercall"),
                            ("hvd_hypercall", "__indirect_call")])
    assert check(tmp_path)[0] == 0
    graph(tmp_path, sizes, [(HOOK, "a"), ("a", "__indirect_call")])
    assert check(tmp_path)[0] == 1


def test_what_cannot_be_summed_up_fails(tmp_path):
    assert check(tmp_path)[0] == 1
    graph(tmp_path, {"other": "8 bytes (static)"}, [])
    assert check(tmp_path)[0] == 1
    graph(tmp_path, {HOOK: "8 bytes (static)", "a": "8 bytes (static)"}, [(HOOK, "a"), ("a", "a")])
    assert "recursion" in check(tmp_path)[1]
    graph(tmp_path, {HOOK: "8 bytes (dynamic)"}, [])
    assert "dynamic" in check(tmp_path)[1]
