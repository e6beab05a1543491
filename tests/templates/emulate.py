"""Makes the resources of exported templates in an emulator through boto3, sends it the messages that the simulator was
sent, and compares where they end: which queue, which subscriber, filtered or not.

The emulator is moto in server mode, on the loopback interface alone. It runs no functions, so each subscribed function
is stood in for by a queue, and a consumer here does what the function `Sales` does: it fails for amounts below zero.

    python tests/templates/emulate.py target/templates
"""

import json
import logging
import os
import sys
from pathlib import Path

os.environ.update(
    AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1", NO_PROXY="127.0.0.1"
)

import boto3
from moto.server import ThreadedMotoServer
from samtranslator.translator.transform import transform

KINDS = ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::SNS::Topic", "AWS::SNS::Subscription", "AWS::SNS::TopicPolicy")

# Where both differ: the message, and who is right and why. Empty: they agree.
KNOWN = {}


class Policies:
    def load(self):
        return {"AWSXrayWriteOnlyAccess": "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"}


def resources(folder, diagram):
    """The template as CloudFormation gets it, reduced to what carries messages, with queues for functions."""
    template = json.loads((folder / diagram / "nodejs.json").read_text())
    expanded = transform(template, {}, Policies())
    kept = {name: resource for name, resource in expanded["Resources"].items() if resource["Type"] in KINDS}
    probes = {}
    for name, resource in list(kept.items()):
        properties = resource["Properties"]
        if resource["Type"] == "AWS::SNS::Subscription" and properties["Protocol"] == "lambda":
            function = properties["Endpoint"]["Fn::GetAtt"][0]
            probes[function] = f"{function}Probe"
            kept[probes[function]] = {"Type": "AWS::SQS::Queue", "Properties": {}}
            properties["Protocol"] = "sqs"
            properties["Endpoint"] = {"Fn::GetAtt": [probes[function], "Arn"]}
            properties["RawMessageDelivery"] = True
    return kept, probes


def text(value):
    """An attribute as the services' APIs want it: JSON as a text."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)


class Stack:
    """Resources of a template, made through the services' own APIs in the order in which they need each other."""

    def __init__(self, client, name, kept):
        self.client, self.name, self.kept = client, name, kept
        self.made, self.arns, self.allowed = {}, {}, set()
        for name in kept:
            self.make(name)

    def resolve(self, value):
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "Ref" in value:
            return self.make(value["Ref"])
        if "Fn::GetAtt" in value:
            name, attribute = value["Fn::GetAtt"]
            self.make(name)
            assert attribute == "Arn", attribute
            return self.arns[name]
        return {key: self.resolve(field) for key, field in value.items()}

    def make(self, name):
        """The physical name of a resource: a queue's URL, a topic's ARN."""
        if name not in self.made:
            resource = self.kept[name]
            kind = resource["Type"].rsplit("::", 1)[1]
            self.made[name] = getattr(self, kind)(name, self.resolve(resource["Properties"]))
        return self.made[name]

    def Queue(self, name, properties):
        attributes = {key: text(value) for key, value in properties.items()}
        url = self.client("sqs").create_queue(QueueName=f"{self.name}-{name}", Attributes=attributes)["QueueUrl"]
        attributes = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        self.arns[name] = attributes["Attributes"]["QueueArn"]
        return url

    def Topic(self, name, properties):
        assert not properties, properties
        return self.client("sns").create_topic(Name=f"{self.name}-{name}")["TopicArn"]

    def QueuePolicy(self, name, properties):
        for queue in properties["Queues"]:
            policy = text(properties["PolicyDocument"])
            self.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
        for statement in properties["PolicyDocument"]["Statement"]:
            sources = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
            for source in sources if isinstance(sources, list) else [sources]:
                self.allowed.add((source, statement["Resource"]))
        return name

    def Subscription(self, name, properties):
        properties = dict(properties)
        topic, protocol, endpoint = (properties.pop(key) for key in ("TopicArn", "Protocol", "Endpoint"))
        attributes = {key: text(value) for key, value in properties.items()}
        self.client("sns").subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=attributes)
        return name

    def check_permissions(self, probes):
        """The emulator asks for no permission; the service does, and says nothing when it is missing."""
        for name, resource in self.kept.items():
            if resource["Type"] != "AWS::SNS::Subscription":
                continue
            properties = self.resolve(resource["Properties"])
            probe = properties["Endpoint"] in [self.arns[probe] for probe in probes.values()]
            assert probe or (properties["TopicArn"], properties["Endpoint"]) in self.allowed, name


def received(sqs, queue):
    """Every message that a queue holds, taken out."""
    messages = []
    while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            messages.append(message["Body"])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return messages


def topic_ends(client, folder, messages):
    kept, probes = resources(folder, "pubsub-topic")
    stack = Stack(client, "pubsub-topic", kept)
    stack.check_permissions(probes)
    made = stack.made
    queues = {
        "Customer": made[probes["CustomerFunction"]],
        "Sales queue": made["SalesQueue"],
        "Communication": made[probes["CommunicationFunction"]],
    }
    ends = {}
    for message in messages:
        client("sns").publish(
            TopicArn=made["PaymentsTopic"],
            Message=json.dumps(message["body"]),
            MessageAttributes=message["attributes"],
        )
        got = {name: received(client("sqs"), queue) for name, queue in queues.items()}
        for bodies in got.values():
            # Functions get the message out of the event, and the queue has raw delivery.
            assert all(json.loads(body) == message["body"] for body in bodies), bodies
        ends[message["id"]] = [name for name, bodies in got.items() if bodies]
    return ends


def queue_ends(client, folder, messages):
    kept, _ = resources(folder, "decouple-queue")
    made = Stack(client, "decouple-queue", kept).made
    sqs, queue, dead = client("sqs"), made["SalesQueue"], made["SalesDeadLettersQueue"]
    ends = {}
    for message in messages:
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(message["body"]))
        deliveries, processed = 0, False
        # One receive more than there can be messages: the one that moves it.
        for _ in range(6):
            for got in sqs.receive_message(QueueUrl=queue).get("Messages", []):
                deliveries += 1
                if json.loads(got["Body"])["amount"] < 0:
                    sqs.change_message_visibility(
                        QueueUrl=queue, ReceiptHandle=got["ReceiptHandle"], VisibilityTimeout=0
                    )
                else:
                    processed = True
                    sqs.delete_message(QueueUrl=queue, ReceiptHandle=got["ReceiptHandle"])
        died = bool(received(sqs, dead))
        end = "processed" if processed else "Sales dead letters" if died else "Sales queue"
        ends[message["id"]] = {"end": end, "deliveries": deliveries}
    return ends


def main():
    folder = Path(sys.argv[1])
    # The server would tell of each request.
    logging.disable(logging.CRITICAL)
    simulated = json.loads((folder / "simulated.json").read_text())
    messages = json.loads(Path(__file__).with_name("messages.json").read_text())
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    clients = {}

    def client(name):
        if name not in clients:
            clients[name] = boto3.client(name, endpoint_url=f"http://{host}:{port}")
        return clients[name]

    try:
        emulated = {
            "topic": topic_ends(client, folder, messages["topic"]),
            "queue": queue_ends(client, folder, messages["queue"]),
        }
    finally:
        server.stop()
    surprises = 0
    for part, ends in simulated.items():
        for name, end in ends.items():
            other = emulated[part][name]
            if end == other:
                print(f"{part}, {name}: {end}")
                continue
            reason = KNOWN.get((part, name))
            surprises += reason is None
            print(f"{part}, {name}: simulated {end}, emulated {other}. {reason or 'Nobody knows why.'}")
    print(f"{sum(len(ends) for ends in simulated.values())} messages compared, {surprises} surprises")
    sys.exit(1 if surprises else 0)


if __name__ == "__main__":
    main()
