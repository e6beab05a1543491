"""Judges the templates that `tests/templates.rs` has written: is their YAML what was meant, does cfn-lint accept them,
does SAM's translator expand them, and is the code in them valid. One process for all, because loading the linter takes
longer than using it.

    python tests/templates/check.py target/templates [FOLDERS]
"""

import json
import logging
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import cfnlint.api
import cfnlint.decode
import yaml
from samtranslator.translator.transform import transform


class Loader(yaml.SafeLoader):
    """Reads short tags as the functions they stand for."""


def short(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt":
        value = value.split(".", 1)
    return {"Ref" if suffix == "Ref" else "Fn::" + suffix: value}


Loader.add_multi_constructor("!", short)


class Policies:
    """The managed policies that SAM's translator asks for by name."""

    def load(self):
        return {"AWSXrayWriteOnlyAccess": "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"}


def translate(template):
    return transform(template, {}, Policies())


def lint(path):
    """What cfn-lint finds, warnings apart: they are about style."""
    text = path.read_text()
    return [
        f"{match.rule.id} {match.message} at {'/'.join(map(str, match.path or []))}"
        for match in cfnlint.api.lint(text, regions=["us-east-1"])
        if match.rule.severity == "error"
    ]


def judge(path):
    """Every complaint about one template."""
    complaints = []
    try:
        meant = json.loads(path.with_suffix(".json").read_text())
        written = yaml.load(path.read_text(), Loader)
        if meant != written:
            complaints.append("The YAML is not what was meant.")
        # Templates differ by their language in their code alone, and linting is what takes time.
        if path.stem == "nodejs":
            complaints += lint(path)
        translate(meant)
    except Exception as error:  # The translator's errors are of many kinds.
        complaints.append(f"{type(error).__name__}: {error}")
    for code in (path.parent / path.stem).rglob("*.py"):
        try:
            compile(code.read_text(), str(code), "exec")
        except SyntaxError as error:
            complaints.append(f"{code}: {error}")
    return [f"{path}: {complaint}" for complaint in complaints]


def main():
    folder = Path(sys.argv[1])
    logging.disable(logging.CRITICAL)
    # The translator asks which part of the cloud it is in.
    os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
    pattern = sys.argv[2] if len(sys.argv) > 2 else "*"
    paths = sorted(folder.glob(f"{pattern}/*.yaml"))
    with multiprocessing.Pool() as pool:
        complaints = [line for lines in pool.imap_unordered(judge, paths, 4) for line in lines]
    code = sorted(str(path) for path in folder.glob(f"{pattern}/**/*.js"))
    node = Path(__file__).with_name("syntax.mjs")
    checked = subprocess.run(["node", str(node)], input="\n".join(code), text=True, capture_output=True, check=False)
    complaints += [line for line in checked.stdout.splitlines() if line]
    for complaint in sorted(complaints):
        print(complaint)
    print(f"{len(paths)} templates, {len(complaints)} complaints")
    sys.exit(1 if complaints or checked.returncode or not paths else 0)


if __name__ == "__main__":
    main()
