//! Helpers for Python, on the boto3 that its runtime brings along.

use super::language::Helper;

pub const TOKEN_AUTHORIZER: &str = r##"# Lets one token in. Written by Eventyard.
import os


def handler(event, context):
    if event.get("authorizationToken") != os.environ["TOKEN"]:
        raise Exception("Unauthorized")
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
    return {"principalId": "user", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"##;

// The steps say themselves how often they try again.
const CONFIG: &str = "once_only = Config(retries={\"total_max_attempts\": 1})";
const SQS: &[&str] = &[CONFIG, "sqs = boto3.client(\"sqs\", config=once_only)"];
const SNS: &[&str] = &[CONFIG, "sns = boto3.client(\"sns\", config=once_only)"];
const EVENTS: &[&str] = &[CONFIG, "event_bridge = boto3.client(\"events\", config=once_only)"];
const LAMBDA: &[&str] = &[CONFIG, "aws_lambda = boto3.client(\"lambda\", config=once_only)"];
const SES: &[&str] = &[CONFIG, "ses = boto3.client(\"sesv2\", config=once_only)"];
const DYNAMODB: &[&str] = &[CONFIG, "dynamodb = boto3.resource(\"dynamodb\", config=once_only)"];
const RDS: &[&str] = &[CONFIG, "rds_data = boto3.client(\"rds-data\", config=once_only)"];

const BOTO: &str = "import boto3";
const CONFIG_IMPORT: &str = "from botocore.config import Config";
const JSON: &str = "import json";

pub const HELPERS: &[Helper] = &[
    Helper::new("os", &["import os"], &[], &[], ""),
    Helper::new("json", &[JSON], &[], &[], ""),
    Helper::new("uuid4", &["from uuid import uuid4"], &[], &[], ""),
    Helper::new(
        "now",
        &["from datetime import datetime, timezone"],
        &[],
        &[],
        r##"
def now():
    return datetime.now(timezone.utc).isoformat()
"##,
    ),
    Helper::new(
        "pick",
        &[],
        &[],
        &[],
        r##"
def pick(value, *path):
    """What stands at this path; None where there is nothing."""
    for name in path:
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value
"##,
    ),
    Helper::new(
        "text",
        &[JSON],
        &[],
        &[],
        r##"
def text(value):
    """A value as part of a text: nothing where there is none."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
"##,
    ),
    Helper::new(
        "send",
        &[JSON, BOTO, CONFIG_IMPORT],
        SQS,
        &[],
        r##"
def send(queue_url, body, options={}):
    sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps(body), **options)
"##,
    ),
    Helper::new(
        "sendBatch",
        &[BOTO, CONFIG_IMPORT],
        SQS,
        &["text"],
        r##"
def send_batch(queue_url, entries):
    """The answer names the entries that failed."""
    written = [{"Id": str(i), **e, "MessageBody": text(e.get("MessageBody"))} for i, e in enumerate(entries)]
    return sqs.send_message_batch(QueueUrl=queue_url, Entries=written)
"##,
    ),
    Helper::new(
        "publish",
        &[JSON, BOTO, CONFIG_IMPORT],
        SNS,
        &[],
        r##"
def publish(topic_arn, message, options={}):
    sns.publish(TopicArn=topic_arn, Message=json.dumps(message), **options)
"##,
    ),
    Helper::new(
        "publishBatch",
        &[BOTO, CONFIG_IMPORT],
        SNS,
        &["text"],
        r##"
def publish_batch(topic_arn, entries):
    """The answer names the entries that failed."""
    written = [{"Id": str(i), **entry, "Message": text(entry.get("Message"))} for i, entry in enumerate(entries)]
    return sns.publish_batch(TopicArn=topic_arn, PublishBatchRequestEntries=written)
"##,
    ),
    Helper::new(
        "putEvent",
        &[],
        &[],
        &["putEntries"],
        r##"
def put_event(bus, source, detail_type, detail):
    answer = put_entries(bus, [{"Source": source, "DetailType": detail_type, "Detail": detail or {}}])
    # Events are refused one by one, in an answer that is a success.
    if answer["FailedEntryCount"] > 0:
        raise RuntimeError(answer["Entries"][0]["ErrorMessage"])
"##,
    ),
    Helper::new(
        "putEntries",
        &[BOTO, CONFIG_IMPORT],
        EVENTS,
        &["text"],
        r##"
def put_entries(bus, entries):
    """The answer names the entries that failed."""
    written = [{"EventBusName": bus, **entry, "Detail": text(entry.get("Detail"))} for entry in entries]
    return event_bridge.put_events(Entries=written)
"##,
    ),
    Helper::new(
        "invoke",
        &[JSON, BOTO, CONFIG_IMPORT],
        LAMBDA,
        &[],
        r##"
def invoke(name, payload, kind="RequestResponse"):
    answer = aws_lambda.invoke(FunctionName=name, InvocationType=kind, Payload=json.dumps(payload))
    body = answer["Payload"].read().decode()
    # An error of the function is an answer too.
    if answer.get("FunctionError"):
        raise RuntimeError(body)
    return json.loads(body) if body else None
"##,
    ),
    Helper::new(
        "request",
        &[JSON, "from urllib.request import Request, urlopen"],
        &[],
        &[],
        r##"
def request(url, method, path, payload, headers={}):
    body = None if method == "GET" else json.dumps(payload).encode()
    headers = {"content-type": "application/json", **headers}
    # An answer of 400 or more is an exception.
    with urlopen(Request(url.rstrip("/") + path, data=body, headers=headers, method=method)) as answer:
        content = answer.read().decode()
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content
"##,
    ),
    Helper::new(
        "sendEmail",
        &[BOTO, CONFIG_IMPORT],
        SES,
        &[],
        r##"
def send_email(sender, recipient, subject, body, configuration_set=None):
    options = {"ConfigurationSetName": configuration_set} if configuration_set else {}
    ses.send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": [recipient]},
        Content={"Simple": {"Subject": {"Data": subject}, "Body": {"Text": {"Data": body}}}},
        **options,
    )
"##,
    ),
    Helper::new(
        "putItem",
        &[BOTO, CONFIG_IMPORT, "from botocore.exceptions import ClientError"],
        DYNAMODB,
        &["decimals"],
        r##"
def put_item(table_name, table, key, row, once=False):
    """Writes an item, once for each key if that is wanted."""
    options = {"ConditionExpression": "attribute_not_exists(pk)"} if once else {}
    item = {"pk": table + "#" + key, "sk": "row", "row": row}
    try:
        dynamodb.Table(table_name).put_item(Item=decimals(item), **options)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
"##,
    ),
    Helper::new(
        "putItemAndEvent",
        &[BOTO, CONFIG_IMPORT, "from botocore.exceptions import ClientError"],
        DYNAMODB,
        &["decimals", "uuid4"],
        r##"
def put_item_and_event(table_name, table, key, row, event, once=False):
    """Writes an item, once for each key if that is wanted, and an event into the outbox together with it."""
    put = {"TableName": table_name, "Item": decimals({"pk": table + "#" + key, "sk": "row", "row": row})}
    if once:
        put["ConditionExpression"] = "attribute_not_exists(pk)"
    outbox = {"TableName": table_name, "Item": decimals({"pk": "outbox", "sk": str(uuid4()), "event": event})}
    try:
        dynamodb.meta.client.transact_write_items(TransactItems=[{"Put": put}, {"Put": outbox}])
    except ClientError as error:
        reasons = error.response.get("CancellationReasons", [])
        if not any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons):
            raise
"##,
    ),
    Helper::new(
        "decimals",
        &[JSON, "from decimal import Decimal"],
        &[],
        &[],
        r##"
def decimals(value):
    """The same with decimals, which the service takes instead of fractions."""
    return json.loads(json.dumps(value), parse_float=Decimal)
"##,
    ),
    Helper::new(
        "getItem",
        &[BOTO, CONFIG_IMPORT],
        DYNAMODB,
        &["numbers"],
        r##"
def get_item(table_name, table, key, otherwise, consistent=False):
    answer = dynamodb.Table(table_name).get_item(Key={"pk": table + "#" + key, "sk": "row"}, ConsistentRead=consistent)
    return numbers(answer["Item"]["row"]) if "Item" in answer else otherwise
"##,
    ),
    Helper::new(
        "onceItem",
        &["import time", BOTO, CONFIG_IMPORT, "from botocore.exceptions import ClientError"],
        DYNAMODB,
        &[],
        r##"
def once_item(table_name, table, key, seconds, steps):
    """Does the steps once for each key: skips them where they are done, fails where somebody is at it."""
    items = dynamodb.Table(table_name)
    now = int(time.time())
    place = {"pk": table + "#" + key, "sk": "once"}
    try:
        items.put_item(
            Item={**place, "done": False, "until": now + 900},
            ConditionExpression="attribute_not_exists(pk) OR #until < :now",
            ExpressionAttributeNames={"#until": "until"},
            ExpressionAttributeValues={":now": now},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        if error.response.get("Item", {}).get("done", {}).get("BOOL"):
            return
        raise RuntimeError(key + " is being worked on") from error
    try:
        steps()
    except Exception:
        items.delete_item(Key=place)
        raise
    until = now + seconds
    items.put_item(Item={**place, "done": True, "until": until, "expiresAt": until})
"##,
    ),
    Helper::new(
        "outboxItems",
        &[BOTO, CONFIG_IMPORT],
        DYNAMODB,
        &["numbers"],
        r##"
def outbox_items(table_name, maximum):
    answer = dynamodb.Table(table_name).query(
        KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": "outbox"}, Limit=maximum
    )
    return [(item["sk"], numbers(item["event"])) for item in answer["Items"]]
"##,
    ),
    Helper::new(
        "deleteItem",
        &[BOTO, CONFIG_IMPORT],
        DYNAMODB,
        &[],
        r##"
def delete_item(table_name, event_id):
    dynamodb.Table(table_name).delete_item(Key={"pk": "outbox", "sk": event_id})
"##,
    ),
    Helper::new(
        "numbers",
        &["from decimal import Decimal"],
        &[],
        &[],
        r##"
def numbers(value):
    """The same with plain numbers: the service gives decimals, which JSON does not know."""
    if isinstance(value, dict):
        return {name: numbers(field) for name, field in value.items()}
    if isinstance(value, list):
        return [numbers(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value
"##,
    ),
    Helper::new(
        "insertRow",
        &[JSON],
        &[],
        &["sql", "table"],
        r##"
def insert_row(database, name, key, row, once=False, **more):
    """Writes a row, once for each key if that is wanted."""
    table(database, name, "id bigserial primary key, key text, once text unique, row jsonb")
    columns = "(key, once, row) values (:key, :once, cast(:row as jsonb))"
    insert = f"insert into {quoted(name)} {columns} on conflict do nothing"
    sql(database, insert, {"key": key, "once": key if once else None, "row": json.dumps(row)}, **more)
"##,
    ),
    Helper::new(
        "insertRowAndEvent",
        &[JSON],
        &[],
        &["insertRow", "sql", "table"],
        r##"
def insert_row_and_event(database, name, key, row, event, once=False):
    """Writes a row, and an event into the outbox in the same transaction."""
    table(database, "outbox", "id bigserial primary key, event jsonb")
    begun = rds_data.begin_transaction(**database)["transactionId"]
    transaction = {"resourceArn": database["resourceArn"], "secretArn": database["secretArn"], "transactionId": begun}
    try:
        insert_row(database, name, key, row, once, transactionId=begun)
        outbox = "insert into outbox (event) values (cast(:event as jsonb))"
        sql(database, outbox, {"event": json.dumps(event)}, transactionId=begun)
        rds_data.commit_transaction(**transaction)
    except Exception:
        rds_data.rollback_transaction(**transaction)
        raise
"##,
    ),
    Helper::new(
        "selectRow",
        &[JSON],
        &[],
        &["sql", "table"],
        r##"
def select_row(database, name, key, otherwise):
    table(database, name, "id bigserial primary key, key text, once text unique, row jsonb")
    select = f"select row from {quoted(name)} where key = :key order by id desc limit 1"
    rows = sql(database, select, {"key": key})
    return json.loads(rows[0]["row"]) if rows else otherwise
"##,
    ),
    Helper::new(
        "onceRow",
        &[],
        &[],
        &["sql", "table"],
        r##"
def once_row(database, name, key, seconds, steps):
    """Does the steps once for each key: skips them where they are done, fails where somebody is at it."""
    table(database, name, "key text primary key, done boolean, until timestamptz")
    known = quoted(name)
    begin = f"""insert into {known} as known values (:key, false, now() + interval '15 minutes')
        on conflict (key) do update set done = false, until = excluded.until where known.until < now() returning key"""
    if not sql(database, begin, {"key": key}):
        rows = sql(database, f"select done from {known} where key = :key", {"key": key})
        if rows and rows[0]["done"]:
            return
        raise RuntimeError(key + " is being worked on")
    try:
        steps()
    except Exception:
        sql(database, f"delete from {known} where key = :key", {"key": key})
        raise
    done = f"update {known} set done = true, until = now() + cast(:span as interval) where key = :key"
    sql(database, done, {"key": key, "span": f"{seconds} seconds"})
"##,
    ),
    Helper::new(
        "outboxRows",
        &[JSON],
        &[],
        &["sql", "table"],
        r##"
def outbox_rows(database, maximum):
    table(database, "outbox", "id bigserial primary key, event jsonb")
    rows = sql(database, f"select id, event from outbox order by id limit {maximum}")
    return [(str(row["id"]), json.loads(row["event"])) for row in rows]
"##,
    ),
    Helper::new(
        "deleteEvent",
        &[],
        &[],
        &["sql"],
        r##"
def delete_event(database, event_id):
    sql(database, "delete from outbox where id = cast(:id as bigint)", {"id": event_id})
"##,
    ),
    Helper::new(
        "table",
        &[],
        &["tables = set()"],
        &["sql"],
        r##"
def table(database, name, columns):
    """Makes a table when it is first needed. Once the design is settled, a migration does this better."""
    place = (database["resourceArn"], name)
    if place not in tables:
        sql(database, f"create table if not exists {quoted(name)} ({columns})")
        tables.add(place)


def quoted(name):
    return '"' + name.replace('"', "") + '"'
"##,
    ),
    Helper::new(
        "sql",
        &[JSON, BOTO, CONFIG_IMPORT],
        RDS,
        &[],
        r##"
def sql(database, statement, values={}, **more):
    parameters = [
        {"name": name, "value": {"isNull": True} if value is None else {"stringValue": value}}
        for name, value in values.items()
    ]
    answer = rds_data.execute_statement(
        **database, sql=statement, parameters=parameters, formatRecordsAs="JSON", **more
    )
    return json.loads(answer.get("formattedRecords") or "[]")
"##,
    ),
    Helper::new(
        "within",
        &["from concurrent.futures import ThreadPoolExecutor"],
        &["threads = ThreadPoolExecutor(16)"],
        &[],
        r##"
def within(seconds, action):
    """Gives up waiting after so many seconds."""
    return threads.submit(action).result(timeout=seconds)
"##,
    ),
    Helper::new(
        "together",
        &["from concurrent.futures import ThreadPoolExecutor"],
        &[],
        &[],
        r##"
def together(*actions):
    """Does all of them at the same time. If one fails, all do."""
    with ThreadPoolExecutor(len(actions)) as threads:
        for future in [threads.submit(action) for action in actions]:
            future.result()
"##,
    ),
    Helper::new(
        "retry",
        &["import random", "import time"],
        &[],
        &[],
        r##"
def retry(retries, seconds, action):
    """Tries again, after a pause between nothing and a limit that doubles each time."""
    for attempt in range(retries + 1):
        try:
            return action()
        except Exception:
            if attempt == retries:
                raise
            time.sleep(random.random() * seconds * 2**attempt)
"##,
    ),
    Helper::new(
        "circuitBreaker",
        &["import time"],
        &[],
        &[],
        r##"
class CircuitBreaker:
    """After so many failures in a row nothing is called for a while. Each environment of the function counts for itself."""

    def __init__(self, failures, seconds):
        self.failures, self.seconds = failures, seconds
        self.failed, self.opened = 0, 0.0

    def __call__(self, action):
        if self.failed >= self.failures and time.monotonic() < self.opened + self.seconds:
            raise RuntimeError("The circuit is open")
        try:
            result = action()
        except Exception:
            self.failed += 1
            self.opened = time.monotonic()
            raise
        self.failed = 0
        return result
"##,
    ),
    Helper::new(
        "matches",
        &["import operator", "import re"],
        &[],
        &[],
        r##"
def matches(value, pattern):
    """Whether a value matches an event pattern, as EventBridge would judge it."""

    def fits(name, wanted):
        if name == "$or":
            return any(matches(value, one) for one in wanted)
        missing = not isinstance(value, dict) or name not in value
        found = None if missing else value[name]
        if isinstance(wanted, dict):
            return any(matches(one, wanted) for one in (found if isinstance(found, list) else [found]))
        return any(holds(found, missing, condition) for condition in wanted)

    return all(fits(name, wanted) for name, wanted in pattern.items())


def same(one, other):
    """True and 1 are equal to Python, and not in JSON."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def holds(found, missing, condition):
    values = [] if missing else found if isinstance(found, list) else [found]
    if not isinstance(condition, dict):
        return any(same(value, condition) for value in values)
    [(name, operand)] = condition.items()
    texts = [value for value in values if isinstance(value, str)]
    folds = isinstance(operand, dict)
    wanted = operand["equals-ignore-case"].lower() if folds else operand
    if name == "exists":
        return operand == (not missing and not isinstance(found, dict))
    if name == "prefix":
        return any((text.lower() if folds else text).startswith(wanted) for text in texts)
    if name == "suffix":
        return any((text.lower() if folds else text).endswith(wanted) for text in texts)
    if name == "equals-ignore-case":
        return any(text.lower() == operand.lower() for text in texts)
    if name == "wildcard":
        expression = ".*".join(re.escape(part) for part in operand.split("*"))
        return any(re.fullmatch(expression, text, re.DOTALL) for text in texts)
    if name == "numeric":
        tests = {"<": operator.lt, "<=": operator.le, "=": operator.eq, ">": operator.gt, ">=": operator.ge}
        numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
        pairs = list(zip(operand[::2], operand[1::2]))
        return any(all(tests[test](number, limit) for test, limit in pairs) for number in numbers)
    if name == "anything-but":
        unwanted = operand if isinstance(operand, list) else [operand]
        return any(not any(holds(value, False, one) for one in unwanted) for value in values)
    raise ValueError("The operator " + name + " is not written here")
"##,
    ),
];
