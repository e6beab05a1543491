"""Runs one exported handler with a boto3 that only writes down what it is asked. What to run comes as JSON on standard
input; what was asked and answered goes to standard output. See `behave.mjs`."""

import importlib.util
import json
import os
import sys
import types

task = json.load(sys.stdin)
asked = []


class ClientError(Exception):
    def __init__(self, code):
        self.response = {"Error": {"Code": code}}


class Client:
    def __getattr__(self, name):
        def call(**options):
            # As the services' APIs call it.
            command = "".join(part.capitalize() for part in name.split("_"))
            asked.append([command, options])
            answer = task["answers"].get(command, {})
            if "error" in answer:
                raise ClientError(answer["error"])
            return answer

        return call


class Environment(dict):
    def __missing__(self, name):
        return name.lower()


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    sys.modules[name] = made


module("boto3", client=lambda *_, **__: Client(), resource=lambda *_, **__: Client())
module("botocore")
module("botocore.config", Config=lambda **_: None)
module("botocore.exceptions", ClientError=ClientError)

spec = importlib.util.spec_from_file_location("index", task["file"])
index = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
# What the handler prints is not ours.
output, sys.stdout = sys.stdout, sys.stderr
os.environ = Environment()
spec.loader.exec_module(index)
answer = index.handler(task["event"], types.SimpleNamespace(aws_request_id="aws-1"))
json.dump({"asked": asked, "answer": answer}, output)
