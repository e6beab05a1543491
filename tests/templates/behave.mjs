// Runs exported handlers in Node.js and in Python, on the same events, with services that only write down what they are
// asked. Both languages have to ask the same, and what the diagram says.
//
//     node tests/templates/behave.mjs target/templates PYTHON
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";

const [folder, python] = process.argv.slice(2);
const require = createRequire(import.meta.url);

/** One answer for all requests of a name, or one after the other; the last one stays. */
function answerOf(answers, name) {
  const answer = answers[name] ?? {};
  if (!Array.isArray(answer)) return answer;
  return answer.length > 1 ? answer.shift() : answer[0];
}

/** An SDK of which every command is written down, and answered by `answers`. */
function sdk(asked, answers) {
  const named = (name) =>
    name.endsWith("Command")
      ? class {
          constructor(input) {
            Object.assign(this, { name: name.replace(/Command$/, ""), input });
          }
        }
      : class Client {
          static from = () => new Client();
          async send({ name, input }) {
            asked.push([name, JSON.parse(JSON.stringify(input))]);
            const answer = answerOf(answers, name);
            if (answer.error) throw Object.assign(new Error(answer.error), { name: answer.error, ...answer.more });
            return answer;
          }
        };
  return new Proxy({}, { get: (_, name) => named(name) });
}

async function runNode(file, event, environment, answers) {
  const asked = [];
  const module = { exports: {} };
  const load = (name) => (name.startsWith("@aws-sdk/") ? sdk(asked, answers) : require(name));
  const code = `(function (exports, require, process) {${readFileSync(file, "utf8")}\n})`;
  const quiet = { ...console, warn: () => {}, error: () => {} };
  const fetch = async (url, { method, headers, body }) => {
    asked.push(["fetch", { url, method, headers, body: body ?? null }]);
    const { status = 200, body: answer = null } = answerOf(answers, "fetch");
    return { ok: status < 400, status, text: async () => JSON.stringify(answer) };
  };
  const own = { console: quiet, fetch, Buffer, setTimeout, clearTimeout, JSON, Date, Math };
  const context = vm.createContext({ ...globalThis, ...own });
  vm.runInContext(code, context)(module.exports, load, { env: environment });
  const answer = await module.exports.handler(event, { awsRequestId: "aws-1" });
  return { asked, answer: answer === undefined ? null : JSON.parse(JSON.stringify(answer)), error: null };
}

function runPython(file, event, environment, answers) {
  const script = path.join(path.dirname(new URL(import.meta.url).pathname), "behave.py");
  const input = JSON.stringify({ file, event, environment, answers });
  return JSON.parse(execFileSync(python, [script], { input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] }));
}

const scheme = (name) => (/(ENDPOINT|API)_URL$/.test(name) ? "https://" : "");
const environment = new Proxy({}, { get: (_, name) => scheme(String(name)) + String(name).toLowerCase() });

/** The same with JSON inside of texts read: the languages space it differently. */
function read(value) {
  if (Array.isArray(value)) return value.map(read);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, read(field)]));
  }
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return read(JSON.parse(value));
  } catch {
    return value;
  }
}

/** Without what is different in each run: ids that are made up, the time, and how SQL is indented. Errors without a type of their own are called
 * differently. */
function withoutChance(run) {
  const text = JSON.stringify(read(run)).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "uuid").replace(/\b1\d{9}\b/g, '"time"').replace(/\\n +/g, " ");
  return JSON.parse(text.replace(/"RuntimeError"/g, '"Error"'));
}

async function both(diagram, name, event, answers = {}, { anyOrder = false } = {}) {
  const file = (language, ending) => path.join(folder, diagram, language, "src", name, `index.${ending}`);
  const failed = ({ name, message }) => ({ asked: [], answer: null, error: [name, message] });
  const here = await runNode(file("nodejs", "js"), event, environment, structuredClone(answers)).catch(failed);
  const there = runPython(file("python", "py"), event, {}, answers);
  // Whoever has failed is judged by the error.
  if (here.error) there.asked = [];
  for (const run of anyOrder ? [here, there] : []) run.asked.sort(([a], [b]) => a.localeCompare(b));
  assert.deepEqual(withoutChance(there), withoutChance(here), `${diagram}/${name}: Python and Node.js differ`);
  return here;
}

const payment = { requestId: "r-1", customerId: "C-1", policyNumber: "P", amount: 49.9, period: "2026-03", notify: "email" };
const post = { body: JSON.stringify(payment), requestContext: { requestId: "g-1" }, pathParameters: null };
let tests = 0;

async function test(name, body) {
  await body();
  tests += 1;
  console.log(`ok: ${name}`);
}

await test("a payment is written once, sent to the queue and answered", async () => {
  const { asked, answer } = await both("decouple-queue", "CustomerFunction", post);
  const [create, insert, send] = asked;
  assert.equal(asked.length, 3);
  assert.match(create[1].sql, /^create table if not exists "payments"/);
  assert.match(insert[1].sql, /^insert into "payments" .* on conflict do nothing$/);
  const values = Object.fromEntries(insert[1].parameters.map(({ name, value }) => [name, value.stringValue]));
  assert.deepEqual([values.key, values.once, JSON.parse(values.row).amount], ["r-1", "r-1", 49.9]);
  assert.equal(send[0], "SendMessage");
  assert.equal(send[1].QueueUrl, "sales_queue_url");
  assert.deepEqual(JSON.parse(send[1].MessageBody), payment);
  assert.equal(answer.statusCode, 200);
  assert.deepEqual(JSON.parse(answer.body), { success: true, requestId: "r-1", status: "accepted" });
});

await test("a batch names the records that failed, and only those", async () => {
  const record = (id, body) => ({ messageId: id, body, eventSource: "aws:sqs" });
  const event = { Records: [record("m-1", JSON.stringify(payment)), record("m-2", "no JSON")] };
  const { asked, answer } = await both("decouple-queue", "SalesFunction", event);
  assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: "m-2" }] });
  assert.equal(asked.filter(([, { sql }]) => sql.startsWith("insert")).length, 1);
});

await test("several messages are sent in one call, and the answer names those that failed", async () => {
  const answers = { SendMessageBatch: { Successful: [{ Id: "first" }], Failed: [{ Id: "second", Code: "x" }] } };
  const { asked, answer } = await both("batches", "CustomerFunction", post, answers);
  const [[name, input]] = asked;
  assert.equal(name, "SendMessageBatch");
  assert.equal(input.QueueUrl, "sales_queue_url");
  assert.deepEqual(input.Entries.map(({ Id, DelaySeconds }) => [Id, DelaySeconds]), [["first", undefined], ["second", 5]]);
  assert.deepEqual(JSON.parse(input.Entries[0].MessageBody), payment);
  assert.deepEqual(JSON.parse(input.Entries[1].MessageBody), { amount: 49.9 });
  assert.deepEqual(JSON.parse(answer.body), { failed: [{ Id: "second", Code: "x" }] });
});

await test("a database that fails fails the record", async () => {
  const event = { Records: [{ messageId: "m-1", body: JSON.stringify(payment), eventSource: "aws:sqs" }] };
  const { answer } = await both("decouple-queue", "SalesFunction", event, { ExecuteStatement: { error: "Down" } });
  assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: "m-1" }] });
});

await test("the status is the row's, or what stands for none", async () => {
  const get = { requestContext: { requestId: "g-1" }, pathParameters: { requestId: "r-9" } };
  const pending = await both("decouple-queue", "PaymentStatusFunction", get);
  assert.deepEqual(JSON.parse(pending.answer.body), { requestId: "r-9", status: "pending" });
  const rows = JSON.stringify([{ row: JSON.stringify({ status: "completed" }) }]);
  const done = await both("decouple-queue", "PaymentStatusFunction", get, { ExecuteStatement: { formattedRecords: rows } });
  assert.deepEqual(JSON.parse(done.answer.body), { requestId: "r-9", status: "completed" });
});

await test("a payment is published with the attribute that subscriptions filter by", async () => {
  const { asked, answer } = await both("pubsub-topic", "PaymentsFunction", post);
  assert.deepEqual(asked.map(([name]) => name), ["Publish"]);
  assert.deepEqual(asked[0][1].MessageAttributes, { notify: { DataType: "String", StringValue: "email" } });
  assert.deepEqual(JSON.parse(asked[0][1].Message), payment);
  assert.equal(answer.statusCode, 200);
});

await test("a subscriber takes the message out of the topic's event, and writes e-mails", async () => {
  const event = { Records: [{ EventSource: "aws:sns", Sns: { MessageId: "s-1", Message: JSON.stringify(payment) } }] };
  const { asked } = await both("pubsub-topic", "CommunicationFunction", event);
  const [name, input] = asked[0];
  assert.equal(name, "SendEmail");
  assert.deepEqual(input.Destination.ToAddresses, ["C-1@example.com"]);
  assert.match(input.Content.Simple.Body.Text.Data, /49\.9 EUR\. Reference: r-1\.$/);
});

await test("events that the bus refuses are an error, though its answer is a success", async () => {
  const { asked } = await both("pubsub-bus-rules", "PaymentsFunction", post, { PutEvents: { FailedEntryCount: 0 } });
  assert.equal(asked[0][0], "PutEvents");
  assert.equal(JSON.parse(asked[0][1].Entries[0].Detail).amount, 49.9);
  const refused = { PutEvents: { FailedEntryCount: 1, Entries: [{ ErrorMessage: "throttled" }] } };
  const file = path.join(folder, "pubsub-bus-rules/nodejs/src/PaymentsFunction/index.js");
  await assert.rejects(runNode(file, post, environment, refused), /throttled/);
});

/** The function of `tests/templates.rs`'s own diagram, which has every kind of step. */
const step = (name, event, answers, options) => both("steps", `${name}Function`, event, answers, options);
const message = { n: 7, tier: "gold" };

await test("work and respond: values keep their types, and stand in texts", async () => {
  const { asked, answer } = await step("Works", message);
  assert.deepEqual([asked, answer], [[], { n: 7, text: "n is 7", all: message }]);
});

await test("call: endpoints by HTTP, functions by Invoke, later ones without an answer", async () => {
  const payload = { Payload: JSON.stringify({ id: "o-1" }) };
  const { asked, answer } = await step("Calls", message, { fetch: { body: { id: "i-1" } }, Invoke: payload });
  assert.deepEqual(asked.map(([name]) => name), ["fetch", "Invoke", "Invoke", "fetch"]);
  const [put, first, later, get] = asked.map(([, input]) => input);
  assert.deepEqual([put.method, put.url, put.headers["x-shop"], JSON.parse(put.body)], ["PUT", "https://partner_endpoint_url/v1/x", "one", { n: 7 }]);
  assert.deepEqual([first.FunctionName, first.InvocationType, JSON.parse(first.Payload)], ["other_function_name", "RequestResponse", { got: "i-1" }]);
  assert.deepEqual([later.InvocationType, JSON.parse(later.Payload)], ["Event", message]);
  assert.deepEqual([get.method, get.body, answer], ["GET", null, { last: "i-1" }]);
});

await test("send, publish, publishBatch, putEvents, email, sendBatch: what each service is asked", async () => {
  const { asked } = await step("Sends", message, { PutEvents: { FailedEntryCount: 0 } });
  const [send, publish, batch, event, entries, email, several] = asked.map(([, input]) => input);
  assert.deepEqual(asked.map(([name]) => name), ["SendMessage", "Publish", "PublishBatch", "PutEvents", "PutEvents", "SendEmail", "SendMessageBatch"]);
  assert.deepEqual([send.MessageGroupId, send.MessageDeduplicationId, JSON.parse(send.MessageBody)], ["g-7", "aws-1", { n: 7 }]);
  assert.deepEqual(send.MessageAttributes, { tier: { DataType: "String", StringValue: "gold" } });
  assert.deepEqual([JSON.parse(publish.Message), publish.MessageAttributes], [message, { size: { DataType: "Number", StringValue: "7" } }]);
  const sent = batch.PublishBatchRequestEntries;
  assert.deepEqual(sent.map(({ Id, Message }) => [Id, Message.replaceAll(" ", "")]), [["1", '{"n":7}'], ["2", "text"]]);
  const told = [event, entries].flatMap(({ Entries }) => Entries);
  assert.deepEqual(told.map(({ EventBusName, DetailType }) => [EventBusName, DetailType]), [["shop_bus_name", "Paid"], ["shop_bus_name", "Sent"], ["shop_bus_name", "Seen"]]);
  assert.deepEqual(told.map(({ Detail }) => JSON.parse(Detail)), [{ n: 7 }, { n: 1 }, message]);
  assert.deepEqual([email.FromEmailAddress, email.Destination.ToAddresses, email.Content.Simple.Subject.Data], ["mail_mailer_sender", ["gold@example.com"], "About 7"]);
  const group = ({ Id, MessageGroupId, MessageDeduplicationId }) => [Id, MessageGroupId, MessageDeduplicationId];
  assert.deepEqual(several.Entries.map(group), [["1", "g", undefined], ["2", "g", "d"]]);
});

await test("write and read, in a key-value store: once, with an event, and what stands for nothing", async () => {
  const { asked, answer } = await step("Stores", message);
  const [plain, both, get] = asked.map(([, input]) => input);
  assert.deepEqual(asked.map(([name]) => name), ["Put", "TransactWrite", "Get"]);
  assert.deepEqual(plain, { TableName: "rows_table_name", Item: { pk: "a#k-7", sk: "row", row: { n: 7 } } });
  const [row, event] = both.TransactItems.map(({ Put }) => Put);
  assert.deepEqual([row.Item.pk, row.ConditionExpression, event.Item.pk, event.Item.event], ["a#7", "attribute_not_exists(pk)", "outbox", { told: 7 }]);
  assert.deepEqual([get.Key, get.ConsistentRead, answer], [{ pk: "a#7", sk: "row" }, true, { none: true }]);
  const known = { Get: { Item: { row: { n: 1 } } }, TransactWrite: { error: "TransactionCanceledException", more: { CancellationReasons: [{ Code: "ConditionalCheckFailed" }] } } };
  assert.deepEqual((await step("Stores", message, known)).answer, { n: 1 });
  assert.equal((await step("Stores", message, { Put: { error: "Throttled" } })).error[1], "Throttled");
});

await test("write and read, in a relational database: row and event in one transaction", async () => {
  const { asked, answer } = await step("Keeps", message, { BeginTransaction: { transactionId: "t-1" } });
  const names = asked.map(([name, { sql }]) => (sql ? sql.split(" ")[0] : name));
  const writes = names.filter((name) => name !== "create");
  assert.deepEqual(writes, ["BeginTransaction", "insert", "insert", "CommitTransaction", "select"]);
  const inside = asked.filter(([, { sql }]) => sql?.startsWith("insert"));
  assert.ok(inside.every(([, { transactionId }]) => transactionId === "t-1"));
  assert.deepEqual(answer, { none: true });
});

await test("idempotency: begun, done, remembered; somebody else's is left alone, a failed one is forgotten", async () => {
  const begun = { formattedRecords: JSON.stringify([{ key: "7" }]) };
  const { asked } = await step("Once", message, { ExecuteStatement: begun });
  const names = asked.map(([name, { sql }]) => (sql ? sql.trim().split(" ")[0] : name)).filter((name) => name !== "create");
  assert.deepEqual(names, ["Put", "SendMessage", "Put", "insert", "SendMessage", "update"]);
  const [first, , last] = asked.map(([, input]) => input);
  assert.deepEqual([first.Item.done, last.Item.done, last.Item.expiresAt - first.Item.until], [false, true, 60 - 900]);
  const done = { error: "ConditionalCheckFailedException", more: { Item: { done: { BOOL: true } } } };
  const skipped = await step("Once", message, { Put: done, ExecuteStatement: begun });
  assert.equal(skipped.asked.filter(([name]) => name === "SendMessage").length, 1);
  const busy = { error: "ConditionalCheckFailedException", more: { Item: { done: { BOOL: false } } } };
  assert.match((await step("Once", message, { Put: busy })).error[1], /is being worked on/);
});

await test("relay: each event of the outbox is sent, and then deleted", async () => {
  const items = { Query: { Items: [{ sk: "s-1", event: { id: "e-1" } }, { sk: "s-2", event: { id: "e-2" } }] } };
  const rows = { ExecuteStatement: { formattedRecords: JSON.stringify([{ id: 5, event: JSON.stringify({ id: "e-3" }) }]) } };
  const { asked } = await step("Relays", message, { ...items, ...rows });
  const sent = asked.filter(([name]) => name === "SendMessage").map(([, input]) => input.MessageDeduplicationId);
  assert.deepEqual(sent, ["e-1", "e-2", "e-3"]);
  const names = asked.map(([name, { sql }]) => (sql ? sql.split(" ")[0] : name)).filter((name) => name !== "create");
  assert.deepEqual(names, ["Query", "SendMessage", "Delete", "SendMessage", "Delete", "select", "SendMessage", "delete"]);
  assert.equal(asked[0][1].Limit, 3);
});

await test("if, throw and parallel: by the message, with the error's own type, both branches", async () => {
  const large = await step("Chooses", { amount: 101, kind: "paid" }, {}, { anyOrder: true });
  assert.deepEqual([large.answer, large.asked.map(([name]) => name)], ["large", ["Publish", "SendMessage"]]);
  assert.equal((await step("Chooses", { amount: 1, kind: "paid" }, {}, { anyOrder: true })).answer, "small");
  const refused = await step("Chooses", { amount: 1, kind: "refused" });
  assert.deepEqual(refused.error, ["Declined", "No such customer."]);
});

await test("retries, fallbacks, going on, and a circuit breaker's other steps", async () => {
  const { asked } = await step("Tries", message, { fetch: { status: 503 } });
  const requests = asked.filter(([name]) => name === "fetch").length;
  const published = asked.filter(([name]) => name === "Publish").map(([, { Message }]) => JSON.parse(Message));
  assert.deepEqual([requests, published], [5, ["instead", "failed"]]);
});

console.log(`${tests} passed`);
