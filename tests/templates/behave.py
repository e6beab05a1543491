"""Runs one exported handler with a boto3 that only writes down what it is asked. What to run comes as JSON on standard
input; what was asked and answered goes to standard output. See `behave.mjs`."""

import importlib.util
import io
import json
import os
import sys
import types
import urllib.error
import urllib.request

task = json.load(sys.stdin)
asked = []


def plain(value):
    """Numbers as DynamoDB has them, as JSON."""
    return int(value) if value == int(value) else float(value)


def answer_of(command):
    """One answer for all, or one after the other; the last one stays."""
    answers = task["answers"].get(command, {})
    if not isinstance(answers, list):
        return answers
    return answers.pop(0) if len(answers) > 1 else answers[0]


class Response(io.BytesIO):
    """What `urlopen` gives."""


def urlopen(request):
    body = request.data.decode() if request.data else None
    headers = {name.lower(): value for name, value in request.header_items()}
    asked.append(["fetch", {"url": request.full_url, "method": request.get_method(), "headers": headers, "body": body}])
    answer = answer_of("fetch")
    if answer.get("status", 200) >= 400:
        raise urllib.error.HTTPError(request.full_url, answer["status"], "refused", {}, None)
    return Response(json.dumps(answer.get("body")).encode())


class ClientError(Exception):
    def __init__(self, code, more):
        super().__init__(code)
        self.name = code
        self.response = {"Error": {"Code": code}, **more}


# Commands of DynamoDB, as the document client of the other language calls them.
COMMANDS = {"PutItem": "Put", "GetItem": "Get", "DeleteItem": "Delete", "TransactWriteItems": "TransactWrite"}


class Client:
    def __init__(self, table=None):
        self.table = table

    def Table(self, name):  # noqa: N802, as boto3 spells it
        return Client(name)

    @property
    def meta(self):
        return types.SimpleNamespace(client=Client())

    def __getattr__(self, name):
        def call(**options):
            # As the services' APIs call it.
            command = "".join(part.capitalize() for part in name.split("_"))
            command = COMMANDS.get(command, command)
            options = {"TableName": self.table, **options} if self.table else options
            asked.append([command, json.loads(json.dumps(options, default=plain))])
            answer = answer_of(command)
            if "error" in answer:
                raise ClientError(answer["error"], answer.get("more", {}))
            # What comes back of an invocation is a stream.
            return {"Payload": io.BytesIO(answer["Payload"].encode())} if command == "Invoke" else answer

        return call


class Environment(dict):
    def __missing__(self, name):
        return ("https://" if name.endswith(("ENDPOINT_URL", "API_URL")) else "") + name.lower()


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    sys.modules[name] = made


module("boto3", client=lambda *_, **__: Client(), resource=lambda *_, **__: Client())
module("botocore")
module("botocore.config", Config=lambda **_: None)
module("botocore.exceptions", ClientError=ClientError)

urllib.request.urlopen = urlopen
spec = importlib.util.spec_from_file_location("index", task["file"])
index = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
# What the handler prints is not ours.
output, sys.stdout = sys.stdout, sys.stderr
os.environ = Environment()
spec.loader.exec_module(index)
answer, error = None, None
try:
    answer = index.handler(task["event"], types.SimpleNamespace(aws_request_id="aws-1"))
except Exception as thrown:  # Whatever the handler throws is what Lambda would report.
    error = [getattr(thrown, "name", type(thrown).__name__), str(thrown)]
json.dump({"asked": asked, "answer": answer, "error": error}, output)
