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
            const answer = answers[name] ?? {};
            if (answer.error) throw Object.assign(new Error(answer.error), { name: answer.error });
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
  const context = vm.createContext({ ...globalThis, console: quiet, Buffer, setTimeout, clearTimeout, JSON, Date, Math });
  vm.runInContext(code, context)(module.exports, load, { env: environment });
  const answer = await module.exports.handler(event, { awsRequestId: "aws-1" });
  return { asked, answer: answer === undefined ? null : JSON.parse(JSON.stringify(answer)) };
}

function runPython(file, event, environment, answers) {
  const script = path.join(path.dirname(new URL(import.meta.url).pathname), "behave.py");
  const input = JSON.stringify({ file, event, environment, answers });
  return JSON.parse(execFileSync(python, [script], { input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] }));
}

const environment = new Proxy({}, { get: (_, name) => String(name).toLowerCase() });

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

async function both(diagram, name, event, answers = {}) {
  const file = (language, ending) => path.join(folder, diagram, language, "src", name, `index.${ending}`);
  const here = await runNode(file("nodejs", "js"), event, environment, answers);
  const there = runPython(file("python", "py"), event, {}, answers);
  assert.deepEqual(read(there), read(here), `${diagram}/${name}: Python and Node.js differ`);
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

console.log(`${tests} passed`);
