//! Helpers for Node.js, on the AWS SDK that its runtime brings along.

use super::language::Helper;

pub const TOKEN_AUTHORIZER: &str = r##"// Lets one token in. Written by Eventyard.
exports.handler = async (event) => {
  if (event.authorizationToken !== process.env.TOKEN) throw new Error("Unauthorized");
  const statement = { Action: "execute-api:Invoke", Effect: "Allow", Resource: "*" };
  return { principalId: "user", policyDocument: { Version: "2012-10-17", Statement: [statement] } };
};
"##;

// The steps say themselves how often they try again.
const SQS: &str = "const sqs = new SQSClient({ maxAttempts: 1 });";
const SNS: &str = "const sns = new SNSClient({ maxAttempts: 1 });";
const EVENTS: &str = "const eventBridge = new EventBridgeClient({ maxAttempts: 1 });";
const LAMBDA: &str = "const lambda = new LambdaClient({ maxAttempts: 1 });";
const SES: &str = "const ses = new SESv2Client({ maxAttempts: 1 });";
const DYNAMODB: &str = "const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 1 }));";
const RDS: &str = "const rdsData = new RDSDataClient({ maxAttempts: 1 });";

const DOCUMENT: &str = "@aws-sdk/client-dynamodb DynamoDBClient";

pub const HELPERS: &[Helper] = &[
    Helper::new("randomUUID", &["node:crypto randomUUID"], &[], &[], ""),
    Helper::new(
        "text",
        &[],
        &[],
        &[],
        r##"
// A value as part of a text: nothing where there is none.
function text(value) {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
"##,
    ),
    Helper::new(
        "send",
        &["@aws-sdk/client-sqs SQSClient SendMessageCommand"],
        &[SQS],
        &[],
        r##"
async function send(queueUrl, body, options = {}) {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(body ?? null), ...options }));
}
"##,
    ),
    Helper::new(
        "sendBatch",
        &["@aws-sdk/client-sqs SQSClient SendMessageBatchCommand"],
        &[SQS],
        &["text"],
        r##"
// The answer names the entries that failed.
async function sendBatch(queueUrl, entries) {
  const written = entries.map((entry, index) => ({ Id: String(index), ...entry, MessageBody: text(entry.MessageBody) }));
  return sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: written }));
}
"##,
    ),
    Helper::new(
        "publish",
        &["@aws-sdk/client-sns SNSClient PublishCommand"],
        &[SNS],
        &[],
        r##"
async function publish(topicArn, message, options = {}) {
  await sns.send(new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(message ?? null), ...options }));
}
"##,
    ),
    Helper::new(
        "publishBatch",
        &["@aws-sdk/client-sns SNSClient PublishBatchCommand"],
        &[SNS],
        &["text"],
        r##"
// The answer names the entries that failed.
async function publishBatch(topicArn, entries) {
  const written = entries.map((entry, index) => ({ Id: String(index), ...entry, Message: text(entry.Message) }));
  return sns.send(new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: written }));
}
"##,
    ),
    Helper::new(
        "putEvent",
        &[],
        &[],
        &["putEntries"],
        r##"
async function putEvent(bus, source, detailType, detail) {
  const answer = await putEntries(bus, [{ Source: source, DetailType: detailType, Detail: detail ?? {} }]);
  // Events are refused one by one, in an answer that is a success.
  if (answer.FailedEntryCount > 0) throw new Error(answer.Entries[0].ErrorMessage);
}
"##,
    ),
    Helper::new(
        "putEntries",
        &["@aws-sdk/client-eventbridge EventBridgeClient PutEventsCommand"],
        &[EVENTS],
        &["text"],
        r##"
// The answer names the entries that failed.
async function putEntries(bus, entries) {
  const written = entries.map((entry) => ({ EventBusName: bus, ...entry, Detail: text(entry.Detail) }));
  return eventBridge.send(new PutEventsCommand({ Entries: written }));
}
"##,
    ),
    Helper::new(
        "invoke",
        &["@aws-sdk/client-lambda LambdaClient InvokeCommand"],
        &[LAMBDA],
        &[],
        r##"
async function invoke(name, payload, type = "RequestResponse") {
  const body = JSON.stringify(payload ?? null);
  const answer = await lambda.send(new InvokeCommand({ FunctionName: name, InvocationType: type, Payload: body }));
  const text = Buffer.from(answer.Payload ?? []).toString();
  // An error of the function is an answer too.
  if (answer.FunctionError) throw new Error(text);
  return text ? JSON.parse(text) : null;
}
"##,
    ),
    Helper::new(
        "request",
        &[],
        &[],
        &[],
        r##"
async function request(url, method, path, payload, headers = {}) {
  const body = method === "GET" ? undefined : JSON.stringify(payload ?? null);
  const answer = await fetch(url.replace(/\/$/, "") + path, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return text;
  }
}
"##,
    ),
    Helper::new(
        "sendEmail",
        &["@aws-sdk/client-sesv2 SESv2Client SendEmailCommand"],
        &[SES],
        &[],
        r##"
async function sendEmail(sender, recipient, subject, body, configurationSet) {
  const content = { Subject: { Data: subject }, Body: { Text: { Data: body } } };
  await ses.send(
    new SendEmailCommand({
      FromEmailAddress: sender,
      Destination: { ToAddresses: [recipient] },
      Content: { Simple: content },
      ConfigurationSetName: configurationSet,
    }),
  );
}
"##,
    ),
    Helper::new(
        "putItem",
        &[DOCUMENT, "@aws-sdk/lib-dynamodb DynamoDBDocumentClient PutCommand"],
        &[DYNAMODB],
        &[],
        r##"
// Writes an item, once for each key if that is wanted.
async function putItem(tableName, table, key, row, { once = false } = {}) {
  const Item = { pk: `${table}#${key}`, sk: "row", row: row ?? null };
  const ConditionExpression = once ? "attribute_not_exists(pk)" : undefined;
  try {
    await dynamodb.send(new PutCommand({ TableName: tableName, Item, ConditionExpression }));
  } catch (error) {
    if (error.name !== "ConditionalCheckFailedException") throw error;
  }
}
"##,
    ),
    Helper::new(
        "putItemAndEvent",
        &[DOCUMENT, "@aws-sdk/lib-dynamodb DynamoDBDocumentClient TransactWriteCommand"],
        &[DYNAMODB],
        &["randomUUID"],
        r##"
// Writes an item, once for each key if that is wanted, and an event into the outbox together with it.
async function putItemAndEvent(tableName, table, key, row, event, { once = false } = {}) {
  const put = (pk, sk, more) => ({ Put: { TableName: tableName, Item: { pk, sk, ...more } } });
  const item = put(`${table}#${key}`, "row", { row: row ?? null });
  if (once) item.Put.ConditionExpression = "attribute_not_exists(pk)";
  try {
    const TransactItems = [item, put("outbox", randomUUID(), { event })];
    await dynamodb.send(new TransactWriteCommand({ TransactItems }));
  } catch (error) {
    const known = error.CancellationReasons?.some((reason) => reason.Code === "ConditionalCheckFailed");
    if (!known) throw error;
  }
}
"##,
    ),
    Helper::new(
        "getItem",
        &[DOCUMENT, "@aws-sdk/lib-dynamodb DynamoDBDocumentClient GetCommand"],
        &[DYNAMODB],
        &[],
        r##"
async function getItem(tableName, table, key, otherwise, consistent = false) {
  const request = { TableName: tableName, Key: { pk: `${table}#${key}`, sk: "row" }, ConsistentRead: consistent };
  return (await dynamodb.send(new GetCommand(request))).Item?.row ?? otherwise;
}
"##,
    ),
    Helper::new(
        "onceItem",
        &[DOCUMENT, "@aws-sdk/lib-dynamodb DynamoDBDocumentClient PutCommand DeleteCommand"],
        &[DYNAMODB],
        &[],
        r##"
// Does the steps once for each key: skips them where they are done, fails where somebody is at it.
async function onceItem(tableName, table, key, seconds, steps) {
  const now = Math.floor(Date.now() / 1000);
  const Key = { pk: `${table}#${key}`, sk: "once" };
  try {
    await dynamodb.send(
      new PutCommand({
        TableName: tableName,
        Item: { ...Key, done: false, until: now + 900 },
        ConditionExpression: "attribute_not_exists(pk) OR #until < :now",
        ExpressionAttributeNames: { "#until": "until" },
        ExpressionAttributeValues: { ":now": now },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
  } catch (error) {
    if (error.name !== "ConditionalCheckFailedException") throw error;
    if (error.Item?.done?.BOOL) return;
    throw new Error(`${key} is being worked on`);
  }
  try {
    await steps();
  } catch (error) {
    await dynamodb.send(new DeleteCommand({ TableName: tableName, Key }));
    throw error;
  }
  const until = now + seconds;
  await dynamodb.send(new PutCommand({ TableName: tableName, Item: { ...Key, done: true, until, expiresAt: until } }));
}
"##,
    ),
    Helper::new(
        "outboxItems",
        &[DOCUMENT, "@aws-sdk/lib-dynamodb DynamoDBDocumentClient QueryCommand"],
        &[DYNAMODB],
        &[],
        r##"
async function outboxItems(tableName, maximum) {
  const answer = await dynamodb.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": "outbox" },
      Limit: maximum,
    }),
  );
  return answer.Items.map(({ sk, event }) => ({ id: sk, event }));
}
"##,
    ),
    Helper::new(
        "deleteItem",
        &[DOCUMENT, "@aws-sdk/lib-dynamodb DynamoDBDocumentClient DeleteCommand"],
        &[DYNAMODB],
        &[],
        r##"
async function deleteItem(tableName, id) {
  await dynamodb.send(new DeleteCommand({ TableName: tableName, Key: { pk: "outbox", sk: id } }));
}
"##,
    ),
    Helper::new(
        "insertRow",
        &[],
        &[],
        &["sql", "table"],
        r##"
// Writes a row, once for each key if that is wanted.
async function insertRow(database, name, key, row, { once = false } = {}, transactionId) {
  await table(database, name, "id bigserial primary key, key text, once text unique, row jsonb");
  const columns = "(key, once, row) values (:key, :once, cast(:row as jsonb))";
  const insert = `insert into ${quoted(name)} ${columns} on conflict do nothing`;
  await sql(database, insert, { key, once: once ? key : null, row: JSON.stringify(row ?? null) }, transactionId);
}
"##,
    ),
    Helper::new(
        "insertRowAndEvent",
        &["@aws-sdk/client-rds-data BeginTransactionCommand CommitTransactionCommand RollbackTransactionCommand"],
        &[],
        &["insertRow", "sql", "table"],
        r##"
// Writes a row, and an event into the outbox in the same transaction.
async function insertRowAndEvent(database, name, key, row, event, options) {
  await table(database, "outbox", "id bigserial primary key, event jsonb");
  const { resourceArn, secretArn } = database;
  const { transactionId } = await rdsData.send(new BeginTransactionCommand(database));
  const transaction = { resourceArn, secretArn, transactionId };
  try {
    await insertRow(database, name, key, row, options, transactionId);
    const outbox = "insert into outbox (event) values (cast(:event as jsonb))";
    await sql(database, outbox, { event: JSON.stringify(event) }, transactionId);
    await rdsData.send(new CommitTransactionCommand(transaction));
  } catch (error) {
    await rdsData.send(new RollbackTransactionCommand(transaction));
    throw error;
  }
}
"##,
    ),
    Helper::new(
        "selectRow",
        &[],
        &[],
        &["sql", "table"],
        r##"
async function selectRow(database, name, key, otherwise) {
  await table(database, name, "id bigserial primary key, key text, once text unique, row jsonb");
  const select = `select row from ${quoted(name)} where key = :key order by id desc limit 1`;
  const rows = await sql(database, select, { key });
  return rows.length > 0 ? JSON.parse(rows[0].row) : otherwise;
}
"##,
    ),
    Helper::new(
        "onceRow",
        &[],
        &[],
        &["sql", "table"],
        r##"
// Does the steps once for each key: skips them where they are done, fails where somebody is at it.
async function onceRow(database, name, key, seconds, steps) {
  await table(database, name, "key text primary key, done boolean, until timestamptz");
  const known = quoted(name);
  const begin = `insert into ${known} as known values (:key, false, now() + interval '15 minutes')
    on conflict (key) do update set done = false, until = excluded.until where known.until < now() returning key`;
  if ((await sql(database, begin, { key })).length === 0) {
    const [row] = await sql(database, `select done from ${known} where key = :key`, { key });
    if (row?.done) return;
    throw new Error(`${key} is being worked on`);
  }
  try {
    await steps();
  } catch (error) {
    await sql(database, `delete from ${known} where key = :key`, { key });
    throw error;
  }
  const done = `update ${known} set done = true, until = now() + cast(:span as interval) where key = :key`;
  await sql(database, done, { key, span: `${seconds} seconds` });
}
"##,
    ),
    Helper::new(
        "outboxRows",
        &[],
        &[],
        &["sql", "table"],
        r##"
async function outboxRows(database, maximum) {
  await table(database, "outbox", "id bigserial primary key, event jsonb");
  const rows = await sql(database, `select id, event from outbox order by id limit ${maximum}`);
  return rows.map(({ id, event }) => ({ id: String(id), event: JSON.parse(event) }));
}
"##,
    ),
    Helper::new(
        "deleteEvent",
        &[],
        &[],
        &["sql"],
        r##"
async function deleteEvent(database, id) {
  await sql(database, "delete from outbox where id = cast(:id as bigint)", { id });
}
"##,
    ),
    Helper::new(
        "table",
        &[],
        &["const tables = new Set();"],
        &["sql"],
        r##"
// Makes a table when it is first needed. Once the design is settled, a migration does this better.
async function table(database, name, columns) {
  const place = `${database.resourceArn} ${name}`;
  if (tables.has(place)) return;
  await sql(database, `create table if not exists ${quoted(name)} (${columns})`);
  tables.add(place);
}

function quoted(name) {
  return `"${name.replaceAll('"', "")}"`;
}
"##,
    ),
    Helper::new(
        "sql",
        &["@aws-sdk/client-rds-data RDSDataClient ExecuteStatementCommand"],
        &[RDS],
        &[],
        r##"
async function sql(database, statement, values = {}, transactionId) {
  const parameters = Object.entries(values).map(([name, value]) => ({
    name,
    value: value === null ? { isNull: true } : { stringValue: value },
  }));
  const answer = await rdsData.send(
    new ExecuteStatementCommand({ ...database, sql: statement, parameters, transactionId, formatRecordsAs: "JSON" }),
  );
  return JSON.parse(answer.formattedRecords ?? "[]");
}
"##,
    ),
    Helper::new(
        "within",
        &[],
        &[],
        &[],
        r##"
// Gives up waiting after so many milliseconds.
async function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error("Timed out")), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
"##,
    ),
    Helper::new(
        "retry",
        &[],
        &[],
        &[],
        r##"
// Tries again, after a pause between nothing and a limit that doubles each time.
async function retry(retries, milliseconds, action) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      if (attempt >= retries) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * milliseconds * 2 ** attempt));
    }
  }
}
"##,
    ),
    Helper::new(
        "circuitBreaker",
        &[],
        &[],
        &[],
        r##"
// After so many failures in a row nothing is called for a while. Each environment of the function counts for itself.
function circuitBreaker(failures, milliseconds) {
  let failed = 0;
  let opened = 0;
  return async (action) => {
    if (failed >= failures && Date.now() < opened + milliseconds) throw new Error("The circuit is open");
    try {
      const result = await action();
      failed = 0;
      return result;
    } catch (error) {
      failed += 1;
      opened = Date.now();
      throw error;
    }
  };
}
"##,
    ),
    Helper::new(
        "matches",
        &[],
        &[],
        &[],
        r##"
// Whether a value matches an event pattern, as EventBridge would judge it.
function matches(value, pattern) {
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === "$or") return wanted.some((one) => matches(value, one));
    const found = value?.[name];
    if (!Array.isArray(wanted)) return [].concat(found ?? {}).some((one) => matches(one, wanted));
    return wanted.some((condition) => holds(found, condition));
  });
}

function holds(found, condition) {
  const values = Array.isArray(found) ? found : found === undefined ? [] : [found];
  if (condition === null || typeof condition !== "object") return values.includes(condition);
  const [[operator, operand]] = Object.entries(condition);
  const texts = values.filter((value) => typeof value === "string");
  const folded = (text) => text.toLowerCase();
  const plain = (text) => (typeof text === "string" ? text : folded(text["equals-ignore-case"]));
  const fold = typeof operand === "string" ? (text) => text : folded;
  switch (operator) {
    case "exists":
      return operand === (found !== undefined && (found === null || typeof found !== "object" || Array.isArray(found)));
    case "prefix":
      return texts.some((text) => fold(text).startsWith(plain(operand)));
    case "suffix":
      return texts.some((text) => fold(text).endsWith(plain(operand)));
    case "equals-ignore-case":
      return texts.some((text) => folded(text) === folded(operand));
    case "wildcard": {
      const escaped = operand.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
      return texts.some((text) => new RegExp(`^${escaped.join("[^]*")}$`).test(text));
    }
    case "numeric": {
      const tests = { "<": (a, b) => a < b, "<=": (a, b) => a <= b, "=": (a, b) => a === b };
      Object.assign(tests, { ">": (a, b) => a > b, ">=": (a, b) => a >= b });
      const all = (number) => operand.every((part, i) => i % 2 === 1 || tests[part](number, operand[i + 1]));
      return values.some((value) => typeof value === "number" && all(value));
    }
    case "anything-but": {
      const unwanted = [].concat(operand);
      return values.some((value) => !unwanted.some((one) => holds(value, one)));
    }
    default:
      throw new Error(`The operator ${operator} is not written here`);
  }
}
"##,
    ),
];
