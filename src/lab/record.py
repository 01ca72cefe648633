#!/usr/bin/env python3
"""Records incidents: `record.py --list`, `record.py NAME…`, `record.py --all [--skip-done]`."""
import argparse
import json
import os
import shutil
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ecslab.documents import Documents  # noqa: E402
from ecslab.results import Results  # noqa: E402
from ecslab.scenarios_operations import SCENARIOS  # noqa: E402
from ecslab import scenarios_reach  # noqa: E402, F401
from ecslab.simulation import Simulation  # noqa: E402


def record(scenario, out, keep):
    started = time.time()
    directory = os.path.join(out, scenario.name)
    simulation = Simulation(scenario)
    try:
        simulation.run()
        # Documents first: they tell the state at the window's end, before the lab is taken down.
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(os.path.join(directory, "bundle"))
        documents = Documents(simulation, os.path.join(directory, "bundle"))
        documents.all()
        documents.manifest()
    finally:
        simulation.close()  # stopping the proxies flushes their logs
    results = Results(simulation, directory)
    results.logs()
    results.truth()
    results.metrics()
    expected = results.expected()
    with open(os.path.join(directory, "NOTE.md"), "w") as note:
        note.write(f"# {scenario.name}\n\nEdge: {scenario.caller} → {scenario.callee} (cluster {scenario.cluster}, "
                   f"{scenario.callers} and {scenario.callees} tasks). {scenario.done}\n\n"
                   f"Root cause: {expected['slug'] or 'none (healthy)'}. "
                   f"Calls in the window: {expected['requests']}, failed: {expected['failed']}. "
                   f"By truth: {json.dumps(expected['conditions'])}.\n\n{scenario.note}\n")
    if not keep:
        simulation.clean()
    else:
        print("  kept", simulation.work)
    return expected, time.time() - started


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*")
    options.add_argument("--all", action="store_true")
    options.add_argument("--list", action="store_true")
    options.add_argument("--skip-done", action="store_true")
    options.add_argument("--keep", action="store_true", help="keep the work directory (Envoy configurations, raw logs)")
    options.add_argument("--window", type=int, help="seconds, instead of the scenario's")
    options.add_argument("--out", default="out")
    chosen = options.parse_args()
    if chosen.list:
        for scenario in SCENARIOS.values():
            print(f"{scenario.name:44} {scenario.cause or 'healthy':>8} {'holdout' if scenario.holdout else ''}")
        return
    names = list(SCENARIOS) if chosen.all else chosen.names
    for name in names:
        if chosen.skip_done and os.path.exists(os.path.join(chosen.out, name, "expected.json")):
            continue
        scenario = SCENARIOS[name]
        if chosen.window:
            scenario.window = chosen.window
        try:
            expected, took = record(scenario, chosen.out, chosen.keep)
        except Exception:
            traceback.print_exc()
            print(f"{name}: NOT RECORDED", flush=True)
            continue
        print(f"{name}: {expected['cause']} failed {expected['failed']}/{expected['requests']} "
              f"{expected['conditions']} ({took:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
